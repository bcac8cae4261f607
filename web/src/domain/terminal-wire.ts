import { parseJsonObject } from '../../../model/json.ts'

/** Text messages from the server; live output comes as binary messages. */
export type ServerNote =
  /** The terminal begins anew from here; `skipped`: output before it was not sent. */
  | {
      readonly type: 'snapshot'
      readonly columns: number
      readonly rows: number
      readonly screen: string
      readonly skipped: boolean
    }
  | { readonly type: 'control'; readonly on: boolean }
  | { readonly type: 'host'; readonly online: boolean }
  | { readonly type: 'error'; readonly text: string }

const largest = { columns: 1_000, rows: 500 }

/** Reads a text message; null for what this console does not know. */
export function noteOf(text: string): ServerNote | null {
  const value = parseJsonObject(text)
  if (value === undefined) return null
  const { type, columns, rows, screen, on, online, message, mend } = value
  if (type === 'control') return { type, on: on === true }
  if (type === 'host') return { type, online: online === true }
  if (type === 'error') return { type, text: [message, mend].filter((part) => typeof part === 'string').join(' ') }
  if (type !== 'snapshot' || typeof screen !== 'string' || !isSize(columns) || !isSize(rows)) return null
  const size = { columns: Math.min(columns, largest.columns), rows: Math.min(rows, largest.rows) }
  return { type, screen, ...size, skipped: value['skipped'] === true }
}

const longestKeys = 4_096

/** What was typed or pasted, in pieces that the server takes. */
export function keyPieces(data: string): string[] {
  const letters = Array.from(data)
  const pieces: string[] = []
  for (let at = 0; at < letters.length; at += longestKeys) pieces.push(letters.slice(at, at + longestKeys).join(''))
  return pieces
}

const ackEveryBytes = 32_768

/** Tells the server how much was drawn since the last word, not byte by byte. */
export function acknowledger(send: (bytes: number) => void): (drawn: number) => void {
  let since = 0
  return (drawn) => {
    since += drawn
    if (since < ackEveryBytes) return
    send(since)
    since = 0
  }
}

/** Milliseconds to wait before the n-th try. */
export function backOff(attempt: number): number {
  return Math.min(500 * 2 ** Math.min(attempt - 1, 5), 10_000)
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
