import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, writeSync } from 'node:fs'

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

/** Appends one frame to the session's file by one write. False outside a session; never throws. */
export function appendFrame(
  hook: string,
  payload: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
  event: string = newEventId(),
): boolean {
  const path = env['GEMBA_FRAMES']
  if (path === undefined || path === '') return false
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
    const file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW)
    try {
      writeSync(file, encodeFrame(frame))
    } finally {
      closeSync(file)
    }
    return true
  } catch {
    return false
  }
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
