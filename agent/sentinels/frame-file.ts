import { randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/** Frames are at most so long, so that each is one write. */
export const longestFrame = 64 * 1024

/** One line of a session's frames file (seed 003, Components). */
export interface WrittenFrame {
  readonly ts: string
  readonly session: string
  readonly agent: string
  readonly fence: number
  /** Which kind of event it is: a hook of the agent's program, `GembaState`, `GembaAsk` or `GembaAnswered`. */
  readonly hook: string
  /** 16 hex digits, new for each frame. */
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

export function newEventId(): string {
  return randomBytes(8).toString('hex')
}

/** What became of a frame. `full`: there was no room for it in time; `outside`: there is no session to tell. */
export type Appended = 'written' | 'full' | 'outside'

/**
 * Appends one frame to the session's file by one write. On a full disk it tries again for `patienceMs`, and whatever
 * part of it got in is ended by a line of its own, so that no other frame is lost with it. Never throws.
 */
export function appendFrame(
  hook: string,
  payload: Readonly<Record<string, unknown>>,
  options: { readonly env?: NodeJS.ProcessEnv; readonly event?: string; readonly patienceMs?: number } = {},
): Appended {
  const { env = process.env, event = newEventId(), patienceMs = 0 } = options
  const path = env['GEMBA_FRAMES']
  if (path === undefined || path === '') return 'outside'
  const frame: WrittenFrame = {
    ts: new Date().toISOString(),
    session: env['GEMBA_SESSION_ID'] ?? '',
    agent: env['GEMBA_AGENT_TYPE'] ?? '',
    fence: Number(env['GEMBA_FENCE'] ?? 0),
    hook: hook.slice(0, 100),
    event,
    payload,
  }
  try {
    const appended = withRoom(appender(path, encodeFrame(frame)), patienceMs)
    return appended === undefined ? 'full' : 'written'
  } catch {
    return 'outside'
  }
}

const triesEveryMs = 200

/** How long a sentinel that an agent calls waits for room: less than agents give their commands, two minutes. */
export const roomPatienceMs = 100_000

/** Runs `write`, again and again while the disk is full; undefined when it was so for `patienceMs`. */
export function withRoom<T extends object>(write: () => T, patienceMs: number): T | undefined {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return write()
    } catch (error) {
      if (!isNoRoom(error)) throw error
    }
    if (performance.now() >= until) return undefined
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, triesEveryMs)
  }
}

/** Writes all of the line, or fails as on a full disk; called again it goes on from there. */
function appender(path: string, line: Buffer): () => Buffer {
  let lacksEnd = false
  return () => {
    const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW)
    try {
      const begun = isTorn(file) ? Buffer.concat([newline, line]) : line
      const bytes = lacksEnd ? newline : begun
      const written = writeSync(file, bytes)
      if (written === bytes.length) return line
      // All but its end is a frame already, which must not be told twice.
      lacksEnd = written === bytes.length - 1
      throw Object.assign(new Error('only a part of the frame was written'), { code: 'ENOSPC' })
    } finally {
      closeSync(file)
    }
  }
}

/** Whether the last line was not written to its end: what comes next must not be swallowed by it. */
function isTorn(file: number): boolean {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && !last.equals(newline)
}

const newline = Buffer.from('\n')

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** The line, with long texts of the payload cut until it fits. */
export function encodeFrame(frame: WrittenFrame): Buffer {
  for (const limit of [Infinity, 8_192, 2_048, 512, 128]) {
    const payload = limit === Infinity ? frame.payload : cut(frame.payload, limit, 0)
    const line = Buffer.from(`${JSON.stringify({ ...frame, payload })}\n`)
    if (line.length <= longestFrame) return line
  }
  return Buffer.from(`${JSON.stringify({ ...frame, payload: { cut: true } })}\n`)
}

function cut(value: unknown, limit: number, depth: number): unknown {
  if (typeof value === 'string') {
    return value.length <= limit ? value : `${value.slice(0, limit)}… [${value.length - limit} characters cut]`
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth > 8) return '[cut]'
  if (Array.isArray(value)) return value.slice(0, limit / 16).map((item) => cut(item, limit, depth + 1))
  const entries = Object.entries(value).slice(0, 64)
  return Object.fromEntries(entries.map(([key, item]) => [key.slice(0, 200), cut(item, limit, depth + 1)]))
}
