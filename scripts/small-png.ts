import { decode, encode } from 'fast-png'

/** Pictures of a console have few colours: 256 of them, the most frequent, tell it without a difference that is seen. */
const mostColours = 256

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
  const data = Uint8Array.from(colours, (colour) => {
    const index = indices.get(colour) ?? nearest(palette, colour)
    indices.set(colour, index)
    return index
  })
  const image = { width, height, data, depth: 8, channels: 1, palette: palette.map(channelsOf) } as const
  return Buffer.from(encode(image, { zlib: { level: 9 } }))
}

function pixelsOf(png: Buffer): Pixels {
  // The bytes of its head, before anything is unpacked.
  const [depth, type, interlaced] = [png[24], png[25], png[28]]
  if (depth !== 8 || (type !== 2 && type !== 6) || interlaced !== 0) throw new Error('not a PNG as a browser makes it')
  const { width, height, channels, data } = decode(png)
  const pixels = Buffer.from(data)
  return {
    width,
    height,
    colours: Uint32Array.from({ length: width * height }, (_, at) => pixels.readUIntBE(at * channels, 3)),
  }
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
