import type { Writing } from '../database.ts'
import { rowId } from '../event-rows.ts'
import { readWords } from '../shape.ts'
import { isoNow, sqlTime } from '../time.ts'
import type { BulkInsert, Row } from './bulk-insert.ts'
import { created, skipped, updated, type Importer } from './importer.ts'
import { issueColumns, readColumns } from './issue-columns.ts'
import { textOf } from './jsonl-records.ts'

/** Issues: one that is there is only overwritten by a version with a later `updated_at`. */
export const issueImport: Importer = async ({ writing, bulk, shape, records }) => {
  const words = await readWords(writing, shape)
  const columns = await readColumns(writing)
  const now = sqlTime(isoNow())
  const ids = records.map((record) => textOf(record.fields['id']))
  const present = await presentVersions(writing, ids)
  const wisps = await presentWisps(writing, ids)
  return async (fields) => {
    const row = issueColumns(fields, columns, words, now)
    const [id, at] = [textOf(row['id']), textOf(row['updated_at'])]
    const existing = present.get(id)
    if (wisps.has(id)) return skipped('a wisp has this id')
    if (existing !== undefined && existing >= at) return skipped('the database has the same version or a later one')
    present.set(id, at)
    if (existing === undefined) insertIssue(bulk, row, now)
    else await updateIssue(writing, bulk, row)
    return existing === undefined ? created : updated
  }
}

/** When those of the issues that are there were last changed. */
async function presentVersions(writing: Writing, ids: readonly string[]): Promise<Map<string, string>> {
  const select = 'SELECT id, updated_at AS at FROM issues WHERE id IN (?)'
  const rows = await writing.rows<{ id: string; at: string }>(select, [ids])
  return new Map(rows.map((row) => [row.id, row.at]))
}

async function presentWisps(writing: Writing, ids: readonly string[]): Promise<Set<string>> {
  const rows = await writing.rows<{ id: string }>('SELECT id FROM wisps WHERE id IN (?)', [ids])
  return new Set(rows.map((row) => row.id))
}

function insertIssue(bulk: BulkInsert, row: Row, now: string): void {
  bulk.add('issues', row)
  const event = rowId({ operation: 'import', bead: textOf(row['id']), key: 'import' }, 0)
  const values = { issue_id: row['id'] ?? '', event_type: 'created', actor: 'gemba', old_value: '', new_value: '' }
  bulk.add('events', { id: event, ...values, created_at: now })
}

async function updateIssue(writing: Writing, bulk: BulkInsert, row: Row): Promise<void> {
  // An earlier line of the batch may have brought it.
  await bulk.flush()
  const names = Object.keys(row).filter((name) => name !== 'id')
  await writing.write('issues', `UPDATE issues SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`, [
    ...names.map((name) => row[name] ?? null),
    row['id'] ?? null,
  ])
}
