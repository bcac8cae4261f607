import { createHash } from 'node:crypto'
import type { SqlValue } from './database.ts'
import { waitersOf } from './issue-json.ts'

/**
 * What bd keeps in `content_hash`: a digest of what a new or imported row says, without its id and its times. Nobody
 * updates it later.
 */
export function contentHash(row: Readonly<Record<string, SqlValue>>): string {
  const text = (column: string): string => String(row[column] ?? '')
  const flag = (column: string, word: string): string => (Number(row[column] ?? 0) === 1 ? word : '')
  const parts = [
    ...['title', 'description', 'design', 'acceptance_criteria', 'notes', 'spec_id', 'status'].map(text),
    ...['priority', 'issue_type', 'assignee', 'owner', 'created_by', 'external_ref', 'source_system'].map(text),
    flag('pinned', 'pinned'),
    text('metadata') === '{}' ? '' : text('metadata'),
    flag('is_template', 'template'),
    ...['await_type', 'await_id'].map(text),
    String(row['timeout_ns'] ?? 0),
    ...(waitersOf(row) ?? []),
    ...['mol_type', 'work_type', 'event_kind', 'actor', 'target', 'payload'].map(text),
  ]
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part}\0`)
  return hash.digest('hex')
}
