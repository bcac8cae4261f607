import { createHash, randomUUID } from 'node:crypto'
import type { Reading, Writing } from './database.ts'

/** Words of the `event_type` column. */
export type EventType =
  | 'created'
  | 'updated'
  | 'status_changed'
  | 'claimed'
  | 'closed'
  | 'reopened'
  | 'commented'
  | 'label_added'
  | 'label_removed'

/** What one write is about: with its key, its rows get the same ids however often it is tried. */
export interface WriteSeed {
  readonly operation: string
  readonly bead: string
  readonly key: string | undefined
}

export interface EventValues {
  readonly oldValue?: string
  readonly newValue?: string
  readonly comment?: string
}

/** Writes event rows as bd does (facts of `bd` 4.3). */
export interface EventWriter {
  add(bead: string, type: EventType, values: EventValues): Promise<void>
}

const textBytes = 65_535

export function eventWriter(writing: Writing, seed: WriteSeed, actor: string, at: string): EventWriter {
  let count = 0
  return {
    add: async (bead, type, values) => {
      const id = rowId(seed, count)
      count += 1
      await writing.write(
        'events',
        `INSERT INTO events (id, issue_id, event_type, actor, old_value, new_value, comment, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [...[id, bead, type, actor], ...[values.oldValue ?? null, values.newValue ?? null, values.comment ?? null, at]],
      )
    },
  }
}

/** The id of the `part`-th row of a write: from its key, else random. */
export function rowId(seed: WriteSeed, part: number): string {
  if (seed.key === undefined) return randomUUID()
  const digest = createHash('sha256').update([seed.key, seed.operation, seed.bead, part].join('\0')).digest('hex')
  const [a, b, c, d, e] = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(13, 16),
    digest.slice(17, 20),
    digest.slice(20, 32),
  ]
  return `${a}-${b}-8${c}-8${d}-${e}`
}

/** The bead that an earlier try of the same write made or changed. */
export async function beadOfEarlierTry(reading: Reading, seed: WriteSeed): Promise<string | undefined> {
  if (seed.key === undefined) return undefined
  const [row] = await reading.rows<{ bead: string }>('SELECT issue_id AS bead FROM events WHERE id = ?', [
    rowId(seed, 0),
  ])
  return row?.bead
}

/** A line for the messages of commits that leave no event row, by which a later try finds them. */
export function keyLine(seed: WriteSeed): string {
  return seed.key === undefined ? '' : `\n\nwrite: ${rowId(seed, 0)}`
}

/** Whether an earlier try of a write without event rows is among the newest commits. */
export async function wasCommitted(reading: Reading, seed: WriteSeed): Promise<boolean> {
  if (seed.key === undefined) return false
  const rows = await reading.rows(
    'SELECT 1 AS one FROM (SELECT message FROM dolt_log LIMIT 200) AS newest WHERE message LIKE ?',
    [`%write: ${rowId(seed, 0)}`],
  )
  return rows.length > 0
}

/** JSON that fits the column: long texts are cut, and in the worst case left out. */
export function boundedJson(value: Readonly<Record<string, unknown>>): string {
  const whole = JSON.stringify(value)
  if (Buffer.byteLength(whole) <= textBytes) return whole
  const cut = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'string' && each.length > 1500 ? `${each.slice(0, 1500)}…` : each,
  )
  if (Buffer.byteLength(cut) <= textBytes) return cut
  return JSON.stringify(
    Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each !== 'object')),
    (_, each: unknown) => (typeof each === 'string' && each.length > 500 ? `${each.slice(0, 500)}…` : each),
  )
}
