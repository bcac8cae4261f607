import { invalid } from '../fields.ts'
import { takenIds } from '../ids.ts'
import type { Row } from './bulk-insert.ts'
import { readCircles } from './edge-circles.ts'
import { created, refused, skipped, type Batch, type Importer } from './importer.ts'
import { jsonText } from './issue-columns.ts'
import { textOf, type Fields } from './jsonl-records.ts'
import { presentBeads } from './link-import.ts'
import { timeOf } from './record-time.ts'

/** The kinds that Beads knows; a database may use others, which never hold anything back. */
const knownKinds: readonly string[] = [
  ...['blocks', 'conditional-blocks', 'waits-for', 'parent-child', 'related', 'relates-to', 'discovered-from'],
  ...['tracks', 'until', 'caused-by', 'validates', 'delegated-from', 'replies-to', 'duplicates', 'supersedes'],
  ...['authored-by', 'assigned-to', 'approved-by', 'attests'],
]

/**
 * Imports edges of beads that are there; one that is there stays as it is. Targets may be missing: a backlog also names
 * wisps and other databases. What would close a circle is refused, as `bd dep add` does.
 */
export const edgeImport: Importer = async (batch) => {
  const beads = await presentBeads(batch)
  const targets = batch.records.map((record) => textOf(record.fields['depends_on_id']))
  const there = await takenIds(batch.writing, [...new Set(['', ...targets])])
  const kinds = await presentKinds(batch)
  const circles = await readCircles(batch.writing, batch.shape)
  return (fields) => {
    const bead = textOf(fields['issue_id'])
    if (!beads.has(bead)) return refused('invalid', `there is no bead ${bead}`)
    const row = edgeRow(fields, bead)
    const [to, kind] = [textOf(row['depends_on_id']), textOf(row['type'])]
    const key = keyOf(bead, to)
    const present = kinds.get(key)
    if (present === kind) return skipped('same', 'it is there')
    if (present !== undefined) {
      return skipped('conflict', `it is there as ${present}, not as ${kind}`, { changes: ['type'], basis: present })
    }
    const edge = { from: bead, to, kind }
    const circle = circles.closedBy(edge)
    if (circle !== undefined) {
      return refused('cycle', `${kind} ${to} would close a circle: ${circle.slice(0, 20).join(' → ')}`)
    }
    const take = (): void => {
      kinds.set(key, kind)
      circles.add(edge)
      batch.bulk.add('dependencies', row)
    }
    return created(take, noteOf(to, kind, there))
  }
}

function noteOf(to: string, kind: string, there: ReadonlySet<string>): string {
  const dangling =
    there.has(to) || to.startsWith('external:') ? '' : `there is no bead ${to.slice(0, 80)} that ${kind} names`
  const unknown = knownKinds.includes(kind) ? '' : `${kind} is not a kind of edge that Beads knows`
  return [dangling, unknown].filter((each) => each !== '').join('; ')
}

/** The row of an edge, checked: `bead_invalid`. */
export function edgeRow(fields: Fields, bead: string): Row {
  const [to, type] = [textOf(fields['depends_on_id']), textOf(fields['type'])]
  if (to === '' || to === bead || to.length > 255) throw invalid('depends_on_id names no other bead')
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(type)) throw invalid('type is not a kind of dependency')
  const made = { created_at: timeOf(fields), created_by: textOf(fields['created_by']).slice(0, 255) }
  const rest = { metadata: metadataOf(fields), thread_id: textOf(fields['thread_id']).slice(0, 255) }
  return { issue_id: bead, depends_on_id: to, type, ...made, ...rest }
}

/** bd writes the metadata of an edge as JSON inside a string. */
function metadataOf(fields: Fields): string {
  const value = fields['metadata']
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return jsonText('metadata', textOf(value))
}

async function presentKinds({ writing, records, shape }: Batch): Promise<Map<string, string>> {
  const beads = [...new Set(records.map((record) => textOf(record.fields['issue_id'])))]
  const rows = await writing.rows<{ bead: string; to: string; kind: string }>(
    `SELECT issue_id AS bead, ${shape.dependsOn} AS \`to\`, type AS kind FROM dependencies WHERE issue_id IN (?)`,
    [beads],
  )
  return new Map(rows.map(({ bead, to, kind }) => [keyOf(bead, to), kind]))
}

function keyOf(bead: string, to: string): string {
  return JSON.stringify([bead, to])
}
