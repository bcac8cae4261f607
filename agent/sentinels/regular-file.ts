import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * The last `most` bytes of a regular file that an agent can write; undefined when it is none. An agent may put a pipe, a
 * link or a device in its place: opening one would block, or read what is not its own.
 */
export function readRegularFile(path: string, most: number): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const stats = fstatSync(file)
    if (!stats.isFile()) return undefined
    const length = Math.min(stats.size, most)
    const bytes = Buffer.allocUnsafe(length)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, stats.size - length))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
