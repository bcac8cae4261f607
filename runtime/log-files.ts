import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
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
 * Keeps every log of the folder small: one that has grown over `largest` bytes is copied to `<name>.log.1`, over the
 * one before, and emptied in place. Whoever has it open for appending goes on writing at its new end. Lines written
 * between the copy and the emptying are lost; on a full disk so is the copy.
 */
export function boundLogs(folder: string, largest: number): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!name.endsWith('.log') || sizeOf(file) <= largest) continue
    const older = `${file}.1`
    rmSync(older, { force: true })
    try {
      copyFileSync(file, older)
    } catch {
      rmSync(older, { force: true })
    }
    truncateSync(file)
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

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
