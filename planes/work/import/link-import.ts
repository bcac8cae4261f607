import { rowId } from '../event-rows.ts'
import { checkLabels, checkText } from '../fields.ts'
import type { Row } from './bulk-insert.ts'
import { created, refused, skipped, type Batch, type Importer } from './importer.ts'
import { textOf, type Fields } from './jsonl-records.ts'
import { timeOf } from './record-time.ts'

/** A table whose rows hang on a bead, its `issue_id`. */
interface Link {
  readonly table: 'labels' | 'comments'
  /** Rows that agree in this column, and hang on the same bead, are the same row. */
  readonly identity: string
  /** A column in which the same row may still differ. */
  readonly content?: string
  /** The other columns of a row, checked. */
  row(fields: Fields): Row
}

/** Imports what hangs on beads that are there; a row that is there stays as it is. */
function linkImport({ table, identity, content, row }: Link): Importer {
  return async (batch) => {
    const beads = await presentBeads(batch)
    const present = await presentRows(batch, table, identity, content)
    return (fields) => {
      const bead = textOf(fields['issue_id'])
      if (!beads.has(bead)) return refused('invalid', `there is no bead ${bead}`)
      const full: Row = { issue_id: bead, ...row(fields) }
      const key = keyOf(full, identity)
      const found = present.get(key)
      if (found !== undefined && found['issue_id'] !== bead) {
        return refused('conflict', `another bead has a ${table.slice(0, -1)} with this ${identity}`)
      }
      if (found === undefined) {
        return created(() => {
          present.set(key, full)
          batch.bulk.add(table, full)
        })
      }
      const differs = content !== undefined && found[content] !== full[content]
      if (!differs) return skipped('same', 'it is there')
      return skipped('conflict', `it is there with another ${content}`, { changes: [content] })
    }
  }
}

export const labelImport = linkImport({
  table: 'labels',
  identity: 'label',
  row(fields) {
    const [label = ''] = checkLabels([textOf(fields['label'])])
    return { label }
  },
})

export const commentImport = linkImport({
  table: 'comments',
  identity: 'id',
  content: 'text',
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

/** The beads of `records` that are there. */
export async function presentBeads({ writing, records }: Batch): Promise<ReadonlySet<string>> {
  const ids = [...new Set(records.map((record) => textOf(record.fields['issue_id'])))]
  const rows = await writing.rows<{ id: string }>('SELECT id FROM issues WHERE id IN (?)', [ids])
  return new Set(rows.map((row) => row.id))
}

async function presentRows(
  { writing, records }: Batch,
  table: Link['table'],
  identity: string,
  content: string | undefined,
): Promise<Map<string, Row>> {
  const columns = ['issue_id', identity, ...(content === undefined ? [] : [content])].join(', ')
  const select = `SELECT ${columns} FROM ${table} WHERE`
  const beads = [...new Set(records.map((record) => textOf(record.fields['issue_id'])))]
  const rows = await writing.rows<Row>(`${select} issue_id IN (?)`, [beads])
  // The id of a comment is taken in the whole table.
  const ids = table === 'comments' ? records.map((record) => textOf(record.fields['id'])) : []
  const elsewhere = ids.length === 0 ? [] : await writing.rows<Row>(`${select} id IN (?)`, [ids])
  return new Map([...elsewhere, ...rows].map((row) => [keyOf(row, identity), row]))
}

function keyOf(row: Row, identity: string): string {
  return identity === 'id' ? String(row['id']) : JSON.stringify([row['issue_id'], row[identity]])
}
