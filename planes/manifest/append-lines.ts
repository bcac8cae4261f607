import type { FileHandle } from 'node:fs/promises'
import { openToAppend } from './plain-file.ts'

const newline = 0x0a

export interface Appended {
  /** How many of the lines are on the disk, from the first on. */
  readonly written: number
  /** Why the others are not. */
  readonly error?: unknown
}

/**
 * Appends lines, each with one write, and has the disk keep them. A last line without an end, as a crash leaves it, is
 * closed before. The file is opened anew each time, so that it may be moved away meanwhile. Rejects when it can not be.
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<Appended> {
  const file = await openToAppend(path)
  try {
    let written = 0
    try {
      await closeLastLine(file)
      for (const line of lines) {
        await writeWhole(file, Buffer.from(`${line}\n`))
        written += 1
      }
    } catch (error) {
      if (written > 0) await file.sync()
      return { written, error }
    }
    await file.sync()
    return { written }
  } finally {
    await file.close()
  }
}

async function closeLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] !== newline) await writeWhole(file, Buffer.from('\n'))
}

/** One write, as a rule. What a disk that fills up did not take is offered again, which says why it does not. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at)
    at += bytesWritten
  }
}
