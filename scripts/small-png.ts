import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** Pictures of a console have few colours: 256 of them, the most frequent, tell it without a difference that is seen. */
const mostColours = 256
const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])

interface Pixels {
  readonly width: number
  readonly height: number
  /** One colour a pixel, `0xrrggbb`, row by row. */
  readonly colours: Uint32Array
}

/** The same picture with a palette, a third as large. Takes PNGs of 8 bits a channel without interlacing, as browsers make. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, colours } = pixelsOf(png)
  const palette = paletteOf(colours)
  const indices = new Map(palette.map((colour, index) => [colour, index]))
  const rows = Buffer.alloc((width + 1) * height)
  colours.forEach((colour, at) => {
    const index = indices.get(colour) ?? nearest(palette, colour)
    indices.set(colour, index)
    rows[at + Math.floor(at / width) + 1] = index
  })
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const named = Buffer.from(palette.flatMap(channelsOf))
  const parts = [chunk('IHDR', head), chunk('PLTE', named), chunk('IDAT', deflateSync(rows, { level: 9 }))]
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))])
}

function pixelsOf(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const [depth, type, interlaced] = [png[24], png[25], png[28]]
  const channels = type === 6 ? 4 : 3
  if (depth !== 8 || (type !== 2 && type !== 6) || interlaced !== 0) throw new Error('not a PNG as a browser makes it')
  const raw = inflateSync(Buffer.concat(dataOf(png)))
  const stride = width * channels
  const lines = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (lines[y * stride + x - channels] ?? 0)
      const up = y === 0 ? 0 : (lines[(y - 1) * stride + x] ?? 0)
      const corner = y === 0 || x < channels ? 0 : (lines[(y - 1) * stride + x - channels] ?? 0)
      lines[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess(filter, left, up, corner)
    }
  }
  return {
    width,
    height,
    colours: Uint32Array.from({ length: width * height }, (_, at) => lines.readUIntBE(at * channels, 3)),
  }
}

/** What the filters of PNG (RFC 2083, 6) expect of a byte from those before it. */
function guess(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const [toLeft, toUp, toCorner] = [left, up, corner].map((byte) => Math.abs(left + up - corner - byte))
  if (toLeft === undefined || toUp === undefined || toCorner === undefined) return 0
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

function dataOf(png: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = signature.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  return found
}

/** The most frequent colours; those that are nearly one of them are left to it, so that rare ones of the marks find room. */
function paletteOf(colours: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour)
  for (let near = 0; ; near += 12) {
    const palette: number[] = []
    for (const colour of frequent) {
      if (near === 0 || palette.every((one) => distance(one, colour) > near)) palette.push(colour)
      if (palette.length > mostColours) break
    }
    if (palette.length <= mostColours) return palette
  }
}

function nearest(palette: readonly number[], colour: number): number {
  return palette.reduce(
    (best, one, at) => (distance(one, colour) < distance(palette[best] ?? 0, colour) ? at : best),
    0,
  )
}

function channelsOf(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255]
}

function distance(a: number, b: number): number {
  const other = channelsOf(b)
  return channelsOf(a).reduce((sum, channel, at) => sum + (channel - (other[at] ?? 0)) ** 2, 0)
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([size, named, check])
}
