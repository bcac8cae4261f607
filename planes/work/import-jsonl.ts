import { GembaError } from '../../model/error.ts'
import { openDatabase, type Database } from './database.ts'
import { bulkInsert } from './import/bulk-insert.ts'
import { countChildren } from './import/child-counters.ts'
import { configImport } from './import/config-import.ts'
import { refused, type Importer, type Outcome } from './import/importer.ts'
import { issueImport } from './import/issue-import.ts'
import { readJsonl, recordKinds, textOf, type ImportRecord, type RecordKind } from './import/jsonl-records.ts'
import { commentImport, dependencyImport, labelImport } from './import/link-import.ts'
import type { BeadsLogin } from './login.ts'
import { readShape, readWords, requireWritable, type Shape } from './shape.ts'

/** What became of one line; a line of bd's export may stand for several rows. */
export interface ImportLine extends Outcome {
  readonly file: string
  readonly line: number
  readonly kind: RecordKind | 'unknown'
  readonly bead: string
}

export interface ImportReport {
  readonly created: number
  readonly updated: number
  readonly skipped: number
  readonly lines: readonly ImportLine[]
}

const batchSize = 200
const author = 'Gemba <gemba@localhost>'

const importers: Readonly<Record<RecordKind, Importer>> = {
  config: configImport,
  issues: issueImport,
  labels: labelImport,
  dependencies: dependencyImport,
  comments: commentImport,
}

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
    const lines: ImportLine[] = bad.map((each) => ({ ...each, kind: 'unknown', bead: '', ...refused(each.why) }))
    for (const kind of recordKinds) {
      const rows = records.filter((record) => record.kind === kind)
      for (let start = 0; start < rows.length; start += batchSize) {
        lines.push(...(await importBatch(database, shape, kind, rows.slice(start, start + batchSize))))
      }
      if (kind === 'issues') await countAll(database, rows)
    }
    const count = (result: Outcome['result']): number => lines.filter((line) => line.result === result).length
    return { created: count('created'), updated: count('updated'), skipped: count('skipped'), lines }
  } finally {
    await database.close()
  }
}

function countAll(database: Database, records: readonly ImportRecord[]): Promise<void> {
  const change = { locks: ['import'], message: () => 'gemba: import child counters', author }
  return database.change(change, (writing) =>
    countChildren(
      writing,
      records.map(({ fields }) => textOf(fields['id'])),
    ),
  )
}

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
    const importOne = await importers[kind]({ writing, bulk, shape, records })
    const lines: ImportLine[] = []
    for (const { file, line, fields } of records) {
      const outcome = await importOne(fields).catch((error: unknown) => {
        if (error instanceof GembaError && error.code === 'bead_invalid') return refused(error.params['why'] ?? '')
        throw error
      })
      lines.push({ file, line, kind, bead: textOf(fields['id'] ?? fields['issue_id'] ?? fields['key']), ...outcome })
    }
    await bulk.flush()
    return lines
  })
}
