import { GembaError } from '../../model/error.ts'
import {
  recordKinds,
  type ImportOptions,
  type ImportPlan,
  type ImportRow,
  type ImportText,
  type RecordKind,
} from '../../model/exchange.ts'
import { authorOf, edgeLock } from './bead-change.ts'
import type { Database, Writing } from './database.ts'
import { bulkInsert } from './import/bulk-insert.ts'
import { countChildren } from './import/child-counters.ts'
import { configImport } from './import/config-import.ts'
import { edgeImport } from './import/edge-import.ts'
import { refused, type Importer, type Judgement } from './import/importer.ts'
import { issueImport } from './import/issue-import.ts'
import { readJsonl, textOf, type Fields, type ImportRecord } from './import/jsonl-records.ts'
import { commentImport, labelImport } from './import/link-import.ts'
import { readShape, readWords, requireWritable, type Shape } from './shape.ts'

const importers: Readonly<Record<RecordKind, { readonly importer: Importer; readonly batch: number }>> = {
  config: { importer: configImport, batch: 200 },
  issues: { importer: issueImport, batch: 200 },
  labels: { importer: labelImport, batch: 1000 },
  // Each batch reads all edges, to find circles.
  dependencies: { importer: edgeImport, batch: 2000 },
  comments: { importer: commentImport, batch: 200 },
}

const system = 'Gemba <gemba@localhost>'

/** How a batch is written: for good, or only to see what would come of it. */
type Transact = <T>(message: string, body: (writing: Writing) => Promise<T>) => Promise<T>

interface Judged {
  readonly row: ImportRow
  readonly basis: string
}

/**
 * Imports JSONL, column-named or of `bd export`, into a Beads database, in batches with one Dolt commit each.
 * Repeat-safe: what is there stays, and a bead is only overwritten by a version with a later `updated_at`. A bad line is
 * named; the others go in. With `bases`, what the database no longer bears out is left alone as `stale`.
 */
export async function importJsonl(
  database: Database,
  texts: readonly ImportText[],
  { actor, ...how }: ImportOptions,
): Promise<ImportRow[]> {
  const author = authorOf(actor, system)
  const transact: Transact = (message, body) =>
    database.change({ locks: ['import', edgeLock], message: () => `gemba: import ${message}`, author }, body)
  const judged = await importAll({ database, transact, texts, ...how })
  return judged.map(({ row }) => row)
}

/** What `importJsonl` would do now: it does it, in a transaction that is thrown away. */
export function planJsonl(
  database: Database,
  texts: readonly ImportText[],
  how: Pick<ImportOptions, 'progress' | 'signal'> = {},
): Promise<ImportPlan> {
  return database.rehearse(async (writing) => {
    const transact: Transact = (_, body) => body(writing)
    const judged = await importAll({ database, transact, texts, ...how })
    return { rows: judged.map(({ row }) => row), bases: judged.map(({ basis }) => basis) }
  })
}

interface Import extends Omit<ImportOptions, 'actor'> {
  readonly database: Database
  readonly transact: Transact
  readonly texts: readonly ImportText[]
}

async function importAll({ database, transact, texts, bases, progress, signal }: Import): Promise<Judged[]> {
  const shape = await readShape(database)
  const { records, bad } = await readJsonl(texts)
  const all = bad.map(({ file, line, why }) =>
    judgedAs({ file, line, kind: 'unknown', bead: '' }, refused('malformed', why)),
  )
  const total = all.length + records.length
  for (const kind of recordKinds) {
    const rows = records.filter((record) => record.kind === kind)
    const size = importers[kind].batch
    for (let start = 0; start < rows.length; start += size) {
      signal?.throwIfAborted()
      const batch = rows.slice(start, start + size)
      const expected = bases?.slice(all.length, all.length + batch.length)
      all.push(
        ...(await transact(`${batch.length} ${kind}`, (writing) =>
          importBatch(writing, { shape, kind, batch, expected }),
        )),
      )
      progress?.(all.length, total)
    }
    if (kind === 'issues' && rows.length > 0) {
      const ids = rows.map(({ fields }) => textOf(fields['id']))
      await transact('child counters', (writing) => countChildren(writing, ids))
    }
  }
  return all
}

interface BatchOfKind {
  readonly shape: Shape
  readonly kind: RecordKind
  readonly batch: readonly ImportRecord[]
  readonly expected: readonly string[] | undefined
}

async function importBatch(writing: Writing, { shape, kind, batch, expected }: BatchOfKind): Promise<Judged[]> {
  requireWritable(shape, await readWords(writing, shape))
  const bulk = bulkInsert(writing)
  const judge = await importers[kind].importer({ writing, bulk, shape, records: batch })
  const all: Judged[] = []
  for (const [index, { file, line, fields }] of batch.entries()) {
    const found = judgement(judge, fields)
    const basis = expected?.[index]
    const final = basis === undefined || basis === basisOf(found) ? found : stale(found)
    if (final.verdict === 'created' || final.verdict === 'updated') await final.take()
    all.push(judgedAs({ file, line, kind, bead: beadOf(fields) }, final))
  }
  await bulk.flush()
  return all
}

function judgement(judge: (fields: Fields) => Judgement, fields: Fields): Judgement {
  try {
    return judge(fields)
  } catch (error) {
    if (error instanceof GembaError && error.code === 'bead_invalid') {
      return refused('invalid', error.params['why'] ?? '')
    }
    throw error
  }
}

/** What a person agreed to was something else. */
function stale(found: Judgement): Judgement {
  const now = found.why === '' ? `it would now be ${found.verdict}` : found.why
  return refused('stale', `the database changed since the dry run: ${now}`, { changes: found.changes })
}

function judgedAs(at: Pick<ImportRow, 'file' | 'line' | 'kind' | 'bead'>, found: Judgement): Judged {
  const { verdict, reason, why, changes, note } = found
  return { row: { ...at, verdict, reason, why, changes, note }, basis: basisOf(found) }
}

/** Only what is to be written has to be as it was found. */
function basisOf({ verdict, basis, changes }: Judgement): string {
  return verdict === 'created' || verdict === 'updated' ? [verdict, basis, ...changes].join(' ') : 'nothing'
}

function beadOf(fields: Fields): string {
  return textOf(fields['issue_id'] ?? fields['id'] ?? fields['key'])
}
