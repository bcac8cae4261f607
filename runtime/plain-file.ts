import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { isCode } from './secret.ts'

/** Something is at the path that is no plain file, or one that is longer than it may be. */
export class NoPlainFile extends Error {}

/**
 * The text of a plain file of at most `most` bytes, or undefined when nothing is there. Never waits for the other end of
 * a pipe, and opens no device; what is no such file is a `NoPlainFile`.
 */
export async function readPlainFile(path: string, most: number): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) throw new NoPlainFile(`${path} is no plain file`)
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { size } = await file.stat()
      if (size > most) throw new NoPlainFile(`${path} has more than ${most} bytes`)
      const bytes = Buffer.alloc(size)
      const { bytesRead } = await file.read(bytes, 0, size, 0)
      return bytes.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

/**
 * Lets `use` work on a file of our own in a folder of others: no symbolic link at its name is followed, nothing is waited
 * for, and what is no plain file is a `NoPlainFile`. A file that is made is its owner's alone.
 */
export function withOwnFile<T>(path: string, flags: number, use: (file: number, size: number) => T): T {
  const file = openOwn(path, flags)
  try {
    const found = fstatSync(file)
    if (!found.isFile()) throw new NoPlainFile(`${path} is no plain file`)
    return use(file, found.size)
  } finally {
    closeSync(file)
  }
}

/** The last bytes of an open file as text, at most `most` of them. */
export function readEnd(file: number, size: number, most: number): string {
  const bytes = Buffer.alloc(Math.min(size, most))
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, size - bytes.length))
}

function openOwn(path: string, flags: number): number {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  } catch (error) {
    if (isCode(error, 'ELOOP') || isCode(error, 'ENXIO') || isCode(error, 'EISDIR')) {
      throw new NoPlainFile(`${path} is no plain file`, { cause: error })
    }
    throw error
  }
}
