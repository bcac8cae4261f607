import { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { GembaError } from '../model/error.ts'
import { isJsonObject, parseJsonObject } from '../model/json.ts'
import { isMissing } from './atomic-file.ts'

/** A line of a session's frames file, as read back. What it holds was written beside the agent: it is not trusted. */
export interface Frame {
  /** Byte offset of its line: its number for good. */
  readonly offset: number
  /** Byte offset behind its line. */
  readonly next: number
  readonly at: string
  readonly fence: number
  readonly hook: string
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface FrameBatch {
  readonly frames: readonly Frame[]
  /** Where to read on. */
  readonly cursor: number
  /** Lines that were no frames. */
  readonly skipped: number
  /** Whether there may be more complete lines behind the cursor. */
  readonly more: boolean
}

const newline = 0x0a

/** Reads complete lines from `cursor`, at most `limit` bytes of them; a torn last line is left for the next time. */
export function readFrames(path: string, cursor: number, limit = 1024 * 1024): FrameBatch {
  if (framesLength(path) <= cursor) return { frames: [], cursor, skipped: 0, more: false }
  const chunk = readBytes(path, cursor, limit)
  const end = chunk.lastIndexOf(newline) + 1
  // A line that does not fit is none of ours: go on behind what was read; its rest is no frame either.
  if (end === 0 && chunk.length === limit) return { frames: [], cursor: cursor + limit, skipped: 1, more: true }
  const frames: Frame[] = []
  let skipped = 0
  for (let begin = 0; begin < end;) {
    const stop = chunk.indexOf(newline, begin)
    const frame = parseFrame(chunk.subarray(begin, stop), cursor + begin, cursor + stop + 1)
    if (frame !== undefined) frames.push(frame)
    else if (stop > begin) skipped += 1
    begin = stop + 1
  }
  return { frames, cursor: cursor + end, skipped, more: chunk.length === limit }
}

/** The file's length in bytes; 0 when there is none. */
export function framesLength(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/**
 * What a killed program left half-written must not swallow the next frame; also makes the file. An agent may have put
 * something else in its place, which is never waited for nor followed: `path_unusable`.
 */
export function endTornLine(path: string): void {
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = constants
  let file: number | undefined
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600)
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new Error('it is not a file')
    const last = Buffer.alloc(1, newline)
    if (stats.size > 0) readSync(file, last, 0, 1, stats.size - 1)
    if (last[0] !== newline) writeSync(file, '\n')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new GembaError('path_unusable', { path, why, fix: 'Remove it; Gemba makes it anew.' }, { cause: error })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function readBytes(path: string, offset: number, limit: number): Buffer {
  const bytes = withFile(path, (file) => {
    const length = Math.min(limit, Math.max(0, fstatSync(file).size - offset))
    const buffer = Buffer.allocUnsafe(length)
    return buffer.subarray(0, length === 0 ? 0 : readSync(file, buffer, 0, length, offset))
  })
  return bytes ?? Buffer.alloc(0)
}

function withFile<T>(path: string, read: (file: number) => T): T | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    return read(file)
  } finally {
    closeSync(file)
  }
}

function parseFrame(line: Buffer, offset: number, next: number): Frame | undefined {
  const value = parseJsonObject(line.toString('utf8'))
  if (value === undefined) return undefined
  const { ts, fence, hook, event, payload } = value
  if (typeof hook !== 'string' || typeof fence !== 'number') return undefined
  const time = typeof ts === 'string' ? Date.parse(ts) : NaN
  return {
    offset,
    next,
    at: new Date(Number.isNaN(time) ? Date.now() : time).toISOString(),
    fence,
    hook,
    event: typeof event === 'string' ? event : '',
    payload: isJsonObject(payload) ? payload : {},
  }
}
