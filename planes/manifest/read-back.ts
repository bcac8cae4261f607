import type { FileHandle } from 'node:fs/promises'

const newline = 0x0a
const chunkBytes = 64 * 1024

export interface BackLine {
  /** Byte at which the line begins. */
  readonly start: number
  /** Null when the line is longer than was asked for. */
  readonly text: string | null
  /** Whether a line end follows. */
  readonly ended: boolean
}

/**
 * The lines that lie before byte `end`, the last one first. Holds no more in memory than a chunk and the longest line
 * that is wanted, however large the file and its lines are.
 */
export async function* readBack(file: FileHandle, end: number, longest: number): AsyncGenerator<BackLine> {
  let parts: Buffer[] = []
  let bytes = 0
  /** The part of a line that was found last; those after it are kept until the line begins. */
  const keep = (part: Buffer): void => {
    bytes += part.length
    if (bytes > longest) parts = []
    else parts.unshift(Buffer.from(part))
  }
  const take = (start: number, ended: boolean): BackLine => {
    const text = bytes > longest ? null : Buffer.concat(parts).toString()
    parts = []
    bytes = 0
    return { start, text, ended }
  }
  const chunk = Buffer.alloc(chunkBytes)
  let ended = false
  for (let to = end; to > 0;) {
    const from = Math.max(0, to - chunkBytes)
    await readExactly(file, chunk, from, to - from)
    let rest = chunk.subarray(0, to - from)
    for (let at = rest.lastIndexOf(newline); at >= 0; at = rest.lastIndexOf(newline)) {
      const start = from + at + 1
      keep(rest.subarray(at + 1))
      if (start < end) yield take(start, ended)
      ended = true
      rest = rest.subarray(0, at)
    }
    keep(rest)
    to = from
  }
  if (end > 0) yield take(0, ended)
}

async function readExactly(file: FileHandle, into: Buffer, from: number, length: number): Promise<void> {
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(into, at, length - at, from + at)
    if (bytesRead === 0) throw new Error('the file became shorter while it was read')
    at += bytesRead
  }
}
