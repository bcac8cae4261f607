import type { Writing } from '../database.ts'
import { rowId } from '../event-rows.ts'
import { checkLabels, checkText, invalid } from '../fields.ts'
import { checkTime, isoNow, sqlTime } from '../time.ts'
import type { Row } from './bulk-insert.ts'
import { created, refused, skipped, type Importer } from './importer.ts'
import { jsonText } from './issue-columns.ts'
import { textOf, type Fields, type ImportRecord } from './jsonl-records.ts'

/** A table whose rows hang on a bead, its `issue_id`. */
interface Link {
  readonly table: 'labels' | 'dependencies' | 'comments'
  /** Rows that agree in these columns are the same row. */
  readonly identity: readonly string[]
  /** The other columns of a row, checked. */
  row(fields: Fields, bead: string): Row
}

/** Imports what hangs on beads that are there; a row that is there stays as it is. */
function linkImport({ table, identity, row }: Link): Importer {
  return async ({ writing, bulk, records }) => {
    const beads = await presentBeads(writing, records)
    const present = await presentRows(writing, table, identity, beads)
    return async (fields) => {
      const bead = textOf(fields['issue_id'])
      if (!beads.has(bead)) return refused(`there is no bead ${bead}`)
      const full = { issue_id: bead, ...row(fields, bead) }
      const key = keyOf(full, identity)
      if (present.has(key)) return skipped('it is there')
      present.add(key)
      bulk.add(table, full)
      return created
    }
  }
}

export const labelImport = linkImport({
  table: 'labels',
  identity: ['issue_id', 'label'],
  row(fields) {
    const [label = ''] = checkLabels([textOf(fields['label'])])
    return { label }
  },
})

/** Targets may be missing: a backlog also names wisps and other databases. */
export const dependencyImport = linkImport({
  table: 'dependencies',
  identity: ['issue_id', 'depends_on_id'],
  row(fields, bead) {
    const [to, type] = [textOf(fields['depends_on_id']), textOf(fields['type'])]
    if (to === '' || to === bead || to.length > 255) throw invalid('depends_on_id names no other bead')
    if (!/^[a-z][a-z0-9_-]{0,31}$/.test(type)) throw invalid('type is not a kind of dependency')
    const made = { created_at: timeOf(fields), created_by: textOf(fields['created_by']) }
    return { depends_on_id: to, type, ...made, metadata: metadataOf(fields), thread_id: textOf(fields['thread_id']) }
  },
})

export const commentImport = linkImport({
  table: 'comments',
  identity: ['id'],
  row: (fields) => ({
    id: commentId(fields),
    author: textOf(fields['author']).slice(0, 255),
    created_at: timeOf(fields),
    text: checkText('text', textOf(fields['text'])),
  }),
})

/** Older backlogs number their comments; Beads wants a UUID. */
function commentId(fields: Fields): string {
  const id = textOf(fields['id'])
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  const key = [id, textOf(fields['author']), textOf(fields['created_at'])].join(' ')
  return rowId({ operation: 'import', bead: textOf(fields['issue_id']), key }, 0)
}

/** bd writes the metadata of an edge as JSON inside a string. */
function metadataOf(fields: Fields): string {
  const value = fields['metadata']
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return jsonText('metadata', textOf(value))
}

function timeOf(fields: Fields): string {
  const at = fields['created_at']
  return sqlTime(at === undefined ? isoNow() : checkTime('created_at', textOf(at)))
}

async function presentBeads(writing: Writing, records: readonly ImportRecord[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(records.map((record) => textOf(record.fields['issue_id'])))]
  const rows = await writing.rows<{ id: string }>('SELECT id FROM issues WHERE id IN (?)', [ids])
  return new Set(rows.map((row) => row.id))
}

async function presentRows(
  writing: Writing,
  table: Link['table'],
  identity: readonly string[],
  beads: ReadonlySet<string>,
): Promise<Set<string>> {
  const ids = beads.size === 0 ? [''] : [...beads]
  const select = `SELECT ${identity.join(', ')} FROM ${table} WHERE issue_id IN (?)`
  const rows = await writing.rows<Row>(select, [ids])
  return new Set(rows.map((row) => keyOf(row, identity)))
}

function keyOf(row: Row, identity: readonly string[]): string {
  return JSON.stringify(identity.map((column) => row[column]))
}
