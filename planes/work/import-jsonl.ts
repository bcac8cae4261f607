import { GembaError } from '../../model/error.ts'
import { openDatabase, type Database, type SqlValue, type Writing } from './database.ts'
import { rowId } from './event-rows.ts'
import { checkLabels, checkText, invalid } from './fields.ts'
import { issueColumns, jsonText, readColumns } from './import-columns.ts'
import { readJsonl, recordKinds, type Fields, type ImportRecord, type RecordKind } from './jsonl-records.ts'
import type { BeadsLogin } from './login.ts'
import { readShape, readWords, requireWritable, type Shape } from './shape.ts'
import { isoNow, sqlTime, checkTime } from './time.ts'

/** What became of one line; a line of bd's export may stand for several rows. */
export interface ImportLine {
  readonly file: string
  readonly line: number
  readonly kind: RecordKind | 'unknown'
  readonly bead: string
  readonly result: 'created' | 'updated' | 'skipped'
  /** Why it was skipped. */
  readonly why: string
}

export interface ImportReport {
  readonly created: number
  readonly updated: number
  readonly skipped: number
  readonly lines: readonly ImportLine[]
}

const batchSize = 200
const author = 'Gemba <gemba@localhost>'

/**
 * Imports JSONL, a folder of column-named files or a file of `bd export`, into a Beads database, in batches with one
 * Dolt commit each. Repeat-safe: what is there stays, and a bead is only overwritten by a version with a later
 * `updated_at`. A bad line is skipped and named; the others go in.
 */
export async function importJsonl(target: BeadsLogin, path: string): Promise<ImportReport> {
  const { records, bad } = await readJsonl(path)
  const database = openDatabase(target)
  try {
    const shape = await readShape(database)
    const lines: ImportLine[] = bad.map((each) => ({ ...each, kind: 'unknown', bead: '', result: 'skipped' }))
    for (const kind of recordKinds) {
      const rows = records.filter((record) => record.kind === kind)
      for (let start = 0; start < rows.length; start += batchSize) {
        lines.push(...(await importBatch(database, shape, kind, rows.slice(start, start + batchSize))))
      }
    }
    const count = (result: ImportLine['result']): number => lines.filter((line) => line.result === result).length
    return { created: count('created'), updated: count('updated'), skipped: count('skipped'), lines }
  } finally {
    await database.close()
  }
}

type Outcome = Pick<ImportLine, 'result' | 'why'>
const created: Outcome = { result: 'created', why: '' }
const updated: Outcome = { result: 'updated', why: '' }
const skipped = (why: string): Outcome => ({ result: 'skipped', why })

function importBatch(
  database: Database,
  shape: Shape,
  kind: RecordKind,
  records: readonly ImportRecord[],
): Promise<ImportLine[]> {
  const change = { locks: ['import'], message: () => `gemba: import ${records.length} ${kind}`, author }
  return database.change(change, async (writing) => {
    requireWritable(shape, await readWords(writing, shape))
    const bulk = bulkInsert(writing)
    const importOne = await importers[kind](writing, bulk, shape, records)
    const lines: ImportLine[] = []
    for (const { file, line, fields } of records) {
      const outcome = await importOne(fields).catch((error: unknown) => {
        if (error instanceof GembaError && error.code === 'bead_invalid') return skipped(error.params['why'] ?? '')
        throw error
      })
      lines.push({ file, line, kind, bead: text(fields['id'] ?? fields['issue_id'] ?? fields['key']), ...outcome })
    }
    await bulk.flush()
    return lines
  })
}

type ImportOne = (fields: Fields) => Promise<Outcome>
type Importer = (
  writing: Writing,
  bulk: BulkInsert,
  shape: Shape,
  records: readonly ImportRecord[],
) => Promise<ImportOne>

const importers: Readonly<Record<RecordKind, Importer>> = {
  config: importConfig,
  issues: importIssues,
  labels: importLabels,
  dependencies: importDependencies,
  comments: importComments,
}

/** Keys that are there stay; lists of custom words are joined. */
async function importConfig(writing: Writing): Promise<ImportOne> {
  const rows = await writing.rows<{ name: string; value: string }>('SELECT `key` AS name, value FROM config')
  const config = new Map(rows.map((row) => [row.name, row.value]))
  return async (fields) => {
    const [name, value] = [text(fields['key']), text(fields['value'])]
    const existing = config.get(name)
    if (name === '' || name.length > 255 || name === 'schema_version') return skipped('it is not a setting to keep')
    const joined = existing !== undefined && name.endsWith('.custom') ? joinWords(existing, value) : (existing ?? value)
    if (joined === existing) return skipped('the database has its own value')
    config.set(name, joined)
    await writing.write('config', 'REPLACE INTO config (`key`, value) VALUES (?, ?)', [
      name,
      checkText('value', joined),
    ])
    return existing === undefined ? created : updated
  }
}

async function importIssues(
  writing: Writing,
  bulk: BulkInsert,
  shape: Shape,
  records: readonly ImportRecord[],
): Promise<ImportOne> {
  const words = await readWords(writing, shape)
  const columns = await readColumns(writing)
  const now = sqlTime(isoNow())
  const ids = records.map((record) => text(record.fields['id']))
  const rows = await writing.rows<{ id: string; at: string }>(
    'SELECT id, updated_at AS at FROM issues WHERE id IN (?)',
    [ids],
  )
  const present = new Map(rows.map((row) => [row.id, row.at]))
  const wisps = new Set(
    (await writing.rows<{ id: string }>('SELECT id FROM wisps WHERE id IN (?)', [ids])).map((row) => row.id),
  )
  return async (fields) => {
    const row = issueColumns(fields, columns, words, now)
    const [id, at] = [text(row['id']), text(row['updated_at'])]
    const existing = present.get(id)
    if (wisps.has(id)) return skipped('a wisp has this id')
    if (existing !== undefined && existing >= at) return skipped('the database has the same version or a later one')
    present.set(id, at)
    if (existing === undefined) insertIssue(bulk, row, now)
    else await updateIssue(writing, bulk, row)
    return existing === undefined ? created : updated
  }
}

function insertIssue(bulk: BulkInsert, row: Row, now: string): void {
  bulk.add('issues', row)
  const event = rowId({ operation: 'import', bead: text(row['id']), key: 'import' }, 0)
  const values = { issue_id: row['id'] ?? '', event_type: 'created', actor: 'gemba', old_value: '', new_value: '' }
  bulk.add('events', { id: event, ...values, created_at: now })
}

async function updateIssue(writing: Writing, bulk: BulkInsert, row: Row): Promise<void> {
  await bulk.flush()
  const names = Object.keys(row).filter((name) => name !== 'id')
  await writing.write('issues', `UPDATE issues SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`, [
    ...names.map((name) => row[name] ?? null),
    row['id'] ?? null,
  ])
}

async function importLabels(
  writing: Writing,
  bulk: BulkInsert,
  _shape: Shape,
  records: readonly ImportRecord[],
): Promise<ImportOne> {
  const beads = await presentBeads(writing, records)
  const present = await presentRows(writing, beads, 'SELECT issue_id AS a, label AS b FROM labels')
  return async (fields) => {
    const bead = text(fields['issue_id'])
    const [label = ''] = checkLabels([text(fields['label'])])
    if (!beads.has(bead)) return skipped(`there is no bead ${bead}`)
    if (!present.add(bead, label)) return skipped('it is there')
    bulk.add('labels', { issue_id: bead, label })
    return created
  }
}

/** Targets may be missing: a backlog also names wisps and other databases. */
async function importDependencies(
  writing: Writing,
  bulk: BulkInsert,
  _shape: Shape,
  records: readonly ImportRecord[],
): Promise<ImportOne> {
  const beads = await presentBeads(writing, records)
  const present = await presentRows(writing, beads, 'SELECT issue_id AS a, depends_on_id AS b FROM dependencies')
  return async (fields) => {
    const [from, to, kind] = [text(fields['issue_id']), text(fields['depends_on_id']), text(fields['type'])]
    if (!beads.has(from)) return skipped(`there is no bead ${from}`)
    if (to === '' || to === from || to.length > 255) throw invalid('depends_on_id names no other bead')
    if (!/^[a-z][a-z0-9_-]{0,31}$/.test(kind)) throw invalid('type is not a kind of dependency')
    const row = { issue_id: from, depends_on_id: to, type: kind, created_at: timeOf(fields) }
    const more = { metadata: edgeMetadata(fields), thread_id: text(fields['thread_id']) }
    if (!present.add(from, to)) return skipped('it is there')
    bulk.add('dependencies', { ...row, created_by: text(fields['created_by']), ...more })
    return created
  }
}

async function importComments(
  writing: Writing,
  bulk: BulkInsert,
  _shape: Shape,
  records: readonly ImportRecord[],
): Promise<ImportOne> {
  const beads = await presentBeads(writing, records)
  const present = await presentRows(writing, beads, "SELECT id AS a, '' AS b, issue_id FROM comments")
  return async (fields) => {
    const bead = text(fields['issue_id'])
    if (!beads.has(bead)) return skipped(`there is no bead ${bead}`)
    const row = { issue_id: bead, author: text(fields['author']).slice(0, 255), created_at: timeOf(fields) }
    const comment = { ...row, id: commentId(fields), text: checkText('text', text(fields['text'])) }
    if (!present.add(comment.id, '')) return skipped('it is there')
    bulk.add('comments', comment)
    return created
  }
}

/** Older backlogs number their comments; Beads wants a UUID. */
function commentId(fields: Fields): string {
  const id = text(fields['id'])
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  const key = [id, text(fields['author']), text(fields['created_at'])].join(' ')
  return rowId({ operation: 'import', bead: text(fields['issue_id']), key }, 0)
}

type Row = Readonly<Record<string, SqlValue>>

/** Collects rows, and inserts those of a table with the same columns by one statement. */
interface BulkInsert {
  add(table: string, row: Row): void
  flush(): Promise<void>
}

function bulkInsert(writing: Writing): BulkInsert {
  const pending = new Map<string, { table: string; names: string[]; rows: Row[] }>()
  return {
    add: (table, row) => {
      const names = Object.keys(row).sort()
      const key = [table, ...names].join(' ')
      const group = pending.get(key) ?? { table, names, rows: [] }
      group.rows.push(row)
      pending.set(key, group)
    },
    flush: async () => {
      // Issues first: the rows of other tables refer to them.
      const groups = [...pending.values()].sort((a, b) => Number(b.table === 'issues') - Number(a.table === 'issues'))
      pending.clear()
      for (const { table, names, rows } of groups) {
        const places = rows.map(() => `(${names.map(() => '?').join(', ')})`).join(', ')
        const values = rows.flatMap((row) => names.map((name) => row[name] ?? null))
        await writing.write(table, `INSERT INTO ${table} (${names.join(', ')}) VALUES ${places}`, values)
      }
    },
  }
}

/** Pairs that are in a table, to which the batch's own are added. */
async function presentRows(
  writing: Writing,
  beads: ReadonlySet<string>,
  select: string,
): Promise<{ add(a: string, b: string): boolean }> {
  const ids = beads.size === 0 ? [''] : [...beads]
  const rows = await writing.rows<{ a: string; b: string }>(`${select} WHERE issue_id IN (?)`, [ids])
  const present = new Set(rows.map((row) => `${row.a} ${row.b}`))
  return { add: (a, b) => !present.has(`${a} ${b}`) && present.add(`${a} ${b}`).size > 0 }
}

async function presentBeads(writing: Writing, records: readonly ImportRecord[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(records.map((record) => text(record.fields['issue_id'])))]
  const rows = await writing.rows<{ id: string }>('SELECT id FROM issues WHERE id IN (?)', [ids])
  return new Set(rows.map((row) => row.id))
}

function timeOf(fields: Fields): string {
  const at = fields['created_at']
  return sqlTime(at === undefined ? isoNow() : checkTime('created_at', text(at)))
}

/** bd writes the metadata of an edge as JSON inside a string. */
function edgeMetadata(fields: Fields): string {
  const value = fields['metadata']
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return jsonText('metadata', text(value))
}

function joinWords(one: string, two: string): string {
  const words = [...one.split(','), ...two.split(',')].map((word) => word.trim()).filter((word) => word !== '')
  return [...new Set(words)].join(',')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
