import type { Columns } from './fields.ts'
import { metadataOf, type IssueRow } from './rows.ts'
import { isoTime, isoTimeOrNull } from './time.ts'

type Json = Readonly<Record<string, unknown>>

/** Columns that bd writes in this order, under their own names. */
const leading = ['id', 'title', 'description', 'design', 'acceptance_criteria', 'notes', 'spec_id', 'status'] as const
const trailing = ['mol_type', 'work_type', 'event_kind', 'actor', 'target', 'payload'] as const
/** bd knows zero and empty from nothing in these, and always writes the priority. */
const keptWhenEmpty = ['priority', 'estimated_minutes', 'external_ref']

/**
 * The row as bd writes it into `events.old_value`: its names in its order, and only what is set. An export has what
 * hangs on it as well, behind the labels.
 */
export function issueJson(row: IssueRow, labels: readonly string[], hanging: Json = {}): Json {
  const all: Json = {
    ...Object.fromEntries(leading.map((name) => [name, row[name]])),
    priority: row.priority,
    issue_type: row.issue_type,
    assignee: row.assignee,
    owner: row.owner,
    estimated_minutes: row.estimated_minutes,
    created_at: isoTime(row.created_at),
    created_by: row.created_by,
    updated_at: isoTime(row.updated_at),
    started_at: isoTimeOrNull(row.started_at),
    closed_at: isoTimeOrNull(row.closed_at),
    close_reason: row.close_reason,
    due_at: isoTimeOrNull(row.due_at),
    defer_until: isoTimeOrNull(row.defer_until),
    external_ref: row.external_ref,
    source_system: row.source_system,
    metadata: Object.keys(metadataOf(row)).length > 0 ? row.metadata : null,
    compaction_level: row.compaction_level,
    compacted_at: isoTimeOrNull(row.compacted_at),
    compacted_at_commit: row.compacted_at_commit,
    original_size: row.original_size,
    labels: labels.length > 0 ? labels : null,
    ...hanging,
    sender: row.sender,
    ephemeral: row.ephemeral === 1,
    no_history: row.no_history === 1,
    wisp_type: row.wisp_type,
    pinned: row.pinned === 1,
    is_template: row.is_template === 1,
    await_type: row.await_type,
    await_id: row.await_id,
    timeout: row.timeout_ns,
    waiters: waitersOf(row),
    ...Object.fromEntries(trailing.map((name) => [name, row[name]])),
  }
  const nothing = ['', 0, false]
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name, value]) => value !== null && (keptWhenEmpty.includes(name) || !nothing.some((each) => each === value)),
    ),
  )
}

/** What an update set, as bd writes it into `events.new_value`: sorted by name, times with their zone. */
export function changeJson(columns: Columns): Json {
  const value = (name: string): unknown => {
    const stored = columns[name]
    if (typeof stored !== 'string') return stored
    if (name === 'metadata') return JSON.parse(stored) as unknown
    return ['due_at', 'defer_until'].includes(name) ? isoTime(stored) : stored
  }
  const names = Object.keys(columns).sort()
  return Object.fromEntries(names.map((name) => [name, value(name)]))
}

/** Addresses, kept as JSON in a text. */
export function waitersOf(row: { readonly waiters?: unknown }): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(String(row.waiters ?? ''))
    return Array.isArray(list) && list.length > 0 ? list.map(String) : null
  } catch {
    return null
  }
}
