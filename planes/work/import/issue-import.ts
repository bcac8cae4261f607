import type { SqlValue, Writing } from '../database.ts'
import { rowId } from '../event-rows.ts'
import type { IssueRow } from '../rows.ts'
import { readWords } from '../shape.ts'
import { isoNow, sqlTime } from '../time.ts'
import { judgeVersion, withoutSession, type Present } from './bead-version.ts'
import type { BulkInsert, Row } from './bulk-insert.ts'
import { created, skipped, type Importer } from './importer.ts'
import { issueColumns, issueUpdate, readColumns } from './issue-columns.ts'
import { textOf } from './jsonl-records.ts'

/** Issues: one that is there is only overwritten by a version with a later `updated_at`, and not while it is worked. */
export const issueImport: Importer = async ({ writing, bulk, shape, records }) => {
  const words = await readWords(writing, shape)
  const columns = await readColumns(writing)
  const now = sqlTime(isoNow())
  const ids = records.map((record) => textOf(record.fields['id']))
  const present = await presentRows(writing, ids)
  const wisps = await presentWisps(writing, ids)
  return (line) => {
    const fields = withoutSession(line, present.get(textOf(line['id'])))
    const row = issueColumns(fields, columns, words, now)
    const id = textOf(row['id'])
    if (wisps.has(id)) return skipped('kept', 'a wisp has this id')
    const existing = present.get(id)
    if (existing === undefined) {
      return created(() => {
        present.set(id, row)
        insertIssue(bulk, row, now)
      })
    }
    const update = issueUpdate(fields, row, columns)
    return judgeVersion(fields, update, existing, async () => {
      present.set(id, { ...existing, ...update })
      await updateIssue(writing, bulk, id, update)
    })
  }
}

async function presentRows(writing: Writing, ids: readonly string[]): Promise<Map<string, Present>> {
  const rows = await writing.rows<IssueRow>('SELECT * FROM issues WHERE id IN (?)', [ids])
  return new Map(rows.map((row) => [row.id, { ...row }]))
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

async function updateIssue(writing: Writing, bulk: BulkInsert, id: string, row: Row): Promise<void> {
  // An earlier line of the batch may have brought it.
  await bulk.flush()
  const names = Object.keys(row)
  const values: SqlValue[] = [...names.map((name) => row[name] ?? null), id]
  await writing.write(
    'issues',
    `UPDATE issues SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    values,
  )
}
