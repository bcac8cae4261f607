import { describe, expect, it } from 'vitest'
import { diskRefusal, fullBytes, judgeDisk, sizeText, unknownDisk, type DiskStatus, type Room } from './disk.ts'

const least = 100_000_000
const room = (free: number, files: number | null = null): Room => ({ folder: '/data', free, files })

describe('judgeDisk', () => {
  it.each<[number, DiskStatus, DiskStatus]>([
    [least, 'ok', 'ok'],
    [least - 1, 'ok', 'low'],
    [least * 1.05, 'low', 'low'],
    [least * 1.1, 'low', 'ok'],
    [fullBytes, 'ok', 'low'],
    [fullBytes - 1, 'ok', 'full'],
    [fullBytes, 'full', 'low'],
    [least * 1.05, 'full', 'low'],
    [0, 'low', 'full'],
  ])('%d bytes free, after %s, are %s', (free, before, after) => {
    expect(judgeDisk([room(free)], least, before).status).toBe(after)
  })

  it.each<[number | null, DiskStatus, string]>([
    [null, 'ok', '1.0 GB'],
    [5_000, 'ok', '1.0 GB'],
    [999, 'low', 'room for 999 files'],
    [3, 'full', 'room for 3 files'],
  ])('room for %s files is %s', (files, status, left) => {
    expect(judgeDisk([room(1e9, files)], least, 'ok')).toMatchObject({ status, left })
  })

  it('tells of the folder with the least room', () => {
    const rooms = [
      room(1e9),
      { folder: '/full', free: 0, files: null },
      { folder: '/low', free: least / 2, files: null },
    ]
    expect(judgeDisk(rooms, least, 'ok')).toMatchObject({ status: 'full', folder: '/full', left: '0 MB' })
    expect(judgeDisk(rooms.slice(0, 1), least, 'ok')).toMatchObject({ status: 'ok', freeBytes: 1e9 })
  })

  it('without a limit knows only a disk that is full, and nothing where nothing can be asked', () => {
    expect(judgeDisk([room(fullBytes)], 0, 'ok').status).toBe('ok')
    expect(judgeDisk([room(1)], 0, 'ok')).toMatchObject({ status: 'full', wanted: '16 MB' })
    expect(judgeDisk([], least, 'full')).toEqual(unknownDisk(least))
  })
})

describe('diskRefusal', () => {
  it('names the folder, what is left and what is wanted, while there is too little', () => {
    expect(diskRefusal(judgeDisk([room(1e9)], least, 'ok'))).toBeUndefined()
    const refusal = diskRefusal(judgeDisk([room(60e6)], least, 'ok'))
    expect(refusal).toMatchObject({ code: 'disk_low', params: { folder: '/data', left: '60 MB', wanted: '100 MB' } })
    expect(refusal?.mend).toContain('Free some room')
  })
})

it.each([
  [0, '0 MB'],
  [999_999_999, '999 MB'],
  [1_290_000_000, '1.2 GB'],
])('sizeText(%d) is %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})
