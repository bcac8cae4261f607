import { expect, it } from 'vitest'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { smallPng } from './small-png.ts'

function chunk(type: string, data: readonly number[] | Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(data)])
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(named.length - 4)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([size, named, check])
}

/** Two pixels a row, three channels, with the filter of each row before it. */
function png(rows: readonly (readonly number[])[]): Buffer {
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', [0, 0, 0, 2, 0, 0, 0, rows.length, 8, 2, 0, 0, 0]),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', []),
  ])
}

/** The colours of a small PNG, pixel by pixel. */
function colours(small: Buffer, width: number): string[][] {
  const palette = small.subarray(41, 41 + small.readUInt32BE(33))
  const data = 41 + palette.length + 4
  const rows = inflateSync(small.subarray(data + 8, data + 8 + small.readUInt32BE(data)))
  const colour = (index: number): string => palette.toString('hex', index * 3, index * 3 + 3)
  return Array.from({ length: rows.length / (width + 1) }, (_, y) =>
    [...rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1))].map(colour),
  )
}

it('keeps each colour of a picture that has few, whatever filter its rows have', () => {
  const rows = [
    [0, 1, 2, 3, 250, 251, 252],
    [1, 1, 2, 3, 9, 9, 9],
    [2, 1, 1, 1, 1, 1, 1],
    [3, 1, 1, 1, 1, 1, 1],
    [4, 1, 1, 1, 1, 1, 1],
  ]
  expect(colours(smallPng(png(rows)), 2)).toEqual([
    ['010203', 'fafbfc'],
    ['010203', '0a0b0c'],
    ['020304', '0b0c0d'],
    ['020203', '070809'],
    ['030304', '08090a'],
  ])
})

it('takes what is nearest where there are more than 256', () => {
  const rows = Array.from({ length: 300 }, (_, at) => [0, at % 256, at >> 8, 0, at % 256, at >> 8, 200])
  const seen = colours(smallPng(png(rows)), 2).flat()
  expect(new Set(seen).size).toBeLessThanOrEqual(256)
  seen.forEach((colour, at) => {
    const row = rows[at >> 1]?.slice(at % 2 === 0 ? 1 : 4, at % 2 === 0 ? 4 : 7) ?? []
    row.forEach((channel, index) => {
      expect(Math.abs(channel - Number.parseInt(colour.slice(index * 2, index * 2 + 2), 16))).toBeLessThan(9)
    })
  })
})

it('refuses what no browser makes', () => {
  const grey = png([[0, 1, 2, 3, 4, 5, 6]])
  grey[25] = 0
  expect(() => smallPng(grey)).toThrow('as a browser makes it')
})
