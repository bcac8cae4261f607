import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { printable } from './printable.ts'

/** The log of one process. */
export function logFile(folder: string, name: string): string {
  return join(folder, `${name}.log`)
}

/** Opens a log for appending, for a child to write into; the caller closes the descriptor. */
export function openLog(folder: string, name: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return openSync(logFile(folder, name), 'a', 0o600)
}

/**
 * Keeps every log of the folder small: of one that has grown over `largest` bytes the last `largest` are copied to
 * `<name>.log.1`, over the one before, and it is emptied in place. Whoever has it open for appending goes on writing at
 * its new end. Lines written between the copy and the emptying are lost; on a full disk so is the copy. Never throws:
 * a log that can not be bounded now is bounded at a later look.
 */
export function boundLogs(folder: string, largest: number): void {
  for (const name of logsIn(folder)) {
    const file = join(folder, name)
    if (sizeOf(file) <= largest) continue
    const older = `${file}.1`
    try {
      rmSync(older, { force: true })
      copyTail(file, older, largest)
    } catch {
      rmSync(older, { force: true })
    }
    try {
      truncateSync(file)
    } catch {
      // It was removed meanwhile.
    }
  }
}

/** The last `limit` bytes of a log, safe to print. */
export function logTail(file: string, limit = 2_000): string {
  const size = sizeOf(file)
  if (size === 0) return ''
  const buffer = Buffer.alloc(Math.min(size, limit))
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
  } finally {
    closeSync(descriptor)
  }
  return printable(buffer.toString('utf8')).trim()
}

function logsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.log'))
  } catch {
    return []
  }
}

/** Copies the last `length` bytes, from the first whole line on, however large the file has become. */
function copyTail(file: string, to: string, length: number): void {
  const source = openSync(file, 'r')
  try {
    const target = openSync(to, 'w', 0o600)
    try {
      const chunk = Buffer.allocUnsafe(Math.min(length, 1024 * 1024))
      const end = fstatSync(source).size
      const from = Math.max(0, end - length)
      const begun = from === 0 ? -1 : chunk.subarray(0, readSync(source, chunk, 0, chunk.length, from)).indexOf('\n')
      for (let at = from + begun + 1; at < end;) {
        const read = readSync(source, chunk, 0, Math.min(chunk.length, end - at), at)
        if (read === 0) break
        writeFileSync(target, chunk.subarray(0, read))
        at += read
      }
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
