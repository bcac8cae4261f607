import type { BeadEvent, BeadHistory } from '../../model/bead.ts'
import { parseJsonObject, type JsonObject } from '../../model/json.ts'
import type { Reading } from './database.ts'
import { readIssue } from './reads.ts'
import { isoTime } from './time.ts'

/** Characters of one value that a history tells. */
const longest = 400

interface EventRow {
  readonly id: string
  readonly event_type: string
  readonly actor: string | null
  readonly old_value: string | null
  readonly new_value: string | null
  readonly comment: string | null
  readonly created_at: string
}

/** The newest rows of `events` about a bead, or `bead_not_found`. Times are whole seconds: nothing comes before `created`. */
export async function readHistory(reading: Reading, id: string, limit: number): Promise<BeadHistory> {
  await readIssue(reading, id)
  const rows = await reading.rows<EventRow>(
    `SELECT id, event_type, actor, old_value, new_value, comment, created_at FROM events WHERE issue_id = ?
     ORDER BY created_at DESC, event_type = 'created', id LIMIT ?`,
    [id, limit + 1],
  )
  return { items: rows.slice(0, limit).map(eventOf), more: rows.length > limit, recorded: true }
}

function eventOf(row: EventRow): BeadEvent {
  const after = parseJsonObject(row.new_value ?? '')
  const text = row.comment ?? (after === undefined ? (row.new_value ?? '') : '')
  return {
    id: row.id,
    at: isoTime(row.created_at),
    actor: row.actor ?? '',
    kind: row.event_type,
    changes: after === undefined ? [] : changesOf(parseJsonObject(row.old_value ?? ''), after),
    text: cut(text),
  }
}

/** bd writes the whole issue as it was, without what was empty, and of the new one what was set. */
function changesOf(before: JsonObject | undefined, after: JsonObject): BeadEvent['changes'] {
  return Object.entries(after).map(([field, value]) => ({
    field: cut(field),
    before: before === undefined ? null : shown(Object.hasOwn(before, field) ? before[field] : ''),
    after: shown(value),
  }))
}

/** A value as a history tells it, cut when it is long. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  return cut(typeof value === 'string' ? value : JSON.stringify(value))
}

function cut(text: string): string {
  const points = [...text.slice(0, 2 * longest + 2)]
  return points.length > longest ? `${points.slice(0, longest).join('')}…` : text
}
