import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { DiskState } from '../model/disk.ts'
import { DiskWatch, roomsOf } from './disk-watch.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gemba-disk-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

function watchOf(folders: readonly string[], leastBytes: number): DiskWatch {
  const watch = new DiskWatch({ folders, leastBytes, everyMs: 10 })
  onTestFinished(() => watch.close())
  return watch
}

test('asks the file system of a folder that is there, and of one that is not yet', async () => {
  const there = folder()
  const rooms = await roomsOf([there, there, join(there, 'not', 'yet')])
  expect(rooms.map((room) => room.folder)).toEqual([there, join(there, 'not', 'yet')])
  for (const room of rooms) expect(room.free).toBeGreaterThan(0)
})

test('refuses while there is less than wanted, and tells each change once', async () => {
  const there = folder()
  const low = watchOf([there], Number.MAX_SAFE_INTEGER)
  const told: DiskState[] = []
  const release = low.onChange((state) => told.push(state))
  expect(low.refusal()).toBeUndefined()
  await low.look()
  expect(low.refusal()).toMatchObject({ code: 'disk_low', params: { folder: there } })
  expect(told.map(({ status }) => status)).toEqual(['low'])
  release()
  const ok = watchOf([there], 1)
  ok.onChange((state) => told.push(state))
  await ok.look()
  expect(ok.refusal()).toBeUndefined()
  expect(told).toHaveLength(1)
})

test('waits until there is what is waited for, or until the wait is ended', async () => {
  const watch = watchOf([folder()], Number.MAX_SAFE_INTEGER)
  let looks = 0
  await watch.until(() => (looks += 1) > 1 && watch.state.status === 'low', new AbortController().signal)
  const over = new AbortController()
  const waiting = watch.until(({ status }) => status === 'ok', over.signal)
  over.abort()
  await waiting
  expect(watch.state.status).toBe('low')
})
