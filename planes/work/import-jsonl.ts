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
import { refused, type Importer } from './import/importer.ts'
import { issueImport } from './import/issue-import.ts'
import { readJsonl, textOf, type ImportRecord } from './import/jsonl-records.ts'
import {
  basisOf,
  beadOf,
  judgedAs,
  judgement,
  notWritten,
  rowsOf,
  stale,
  unknown,
  unwritten,
  type Judged,
} from './import/judged.ts'
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
  return rowsOf(await importAll({ database, transact, texts, ...how }))
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

async function importAll(run: Import): Promise<Judged[]> {
  const { database, texts, bases, progress, settled } = run
  const shape = await readShape(database)
  const { records, bad } = await readJsonl(texts)
  const unread = bad.map(({ file, line, why }) =>
    judgedAs({ file, line, kind: 'unknown', bead: '' }, refused('malformed', why)),
  )
  await settled?.(rowsOf(unread))
  const all = [...unread]
  const batches = batchesOf(records, bases, unread.length)
  try {
    for (const batch of batches) {
      const judged = await importStep(run, shape, batch)
      all.push(...judged)
      await settled?.(rowsOf(judged))
      progress?.(all.length, unread.length + records.length)
    }
  } catch (error) {
    await settled?.(await brokenOff(run, shape, batches, all.length - unread.length))
    throw error
  }
  return all
}

function batchesOf(records: readonly ImportRecord[], bases: readonly string[] | undefined, first: number): Step[] {
  let at = first
  return recordKinds.flatMap((kind) => {
    const rows = records.filter((record) => record.kind === kind)
    const size = importers[kind].batch
    const steps: Step[] = []
    for (let start = 0; start < rows.length; start += size) {
      const batch = rows.slice(start, start + size)
      const counted = kind === 'issues' && start + size >= rows.length ? rows : []
      steps.push({ kind, batch, expected: bases?.slice(at, at + batch.length), counted, judged: undefined })
      at += batch.length
    }
    return steps
  })
}

/** One batch, and behind the last of the beads the numbers of their children, in the same step or not at all. */
async function importStep({ transact, signal }: Import, shape: Shape, step: Step): Promise<Judged[]> {
  signal?.throwIfAborted()
  const { kind, batch, counted } = step
  return transact(`${batch.length} ${kind}`, async (writing) => {
    const judged = await importBatch(writing, { shape, ...step })
    const ids = counted.map(({ fields }) => textOf(fields['id']))
    if (ids.length > 0) await countChildren(writing, ids)
    step.judged = judged
    return judged
  })
}

/**
 * What became of the rows that were not told yet when an import breaks off. Of a step whose commit was not confirmed the
 * database is asked: its rows are there, all of them or none.
 */
async function brokenOff(
  { database }: Import,
  shape: Shape,
  steps: readonly Step[],
  done: number,
): Promise<ImportRow[]> {
  let before = 0
  const left = steps.filter(({ batch }) => (before += batch.length) > done)
  const [unsure, ...rest] = left
  if (unsure === undefined) return []
  const there = unsure.judged === undefined ? false : await isThere(database, shape, unsure).catch(() => undefined)
  if (there === true) return [...rowsOf(unsure.judged ?? []), ...rest.flatMap(({ batch }) => unwritten(batch))]
  return [
    ...unwritten(unsure.batch, there === undefined ? unknown : notWritten),
    ...rest.flatMap(({ batch }) => unwritten(batch)),
  ]
}

/** Whether nothing of a step is left to be written. */
async function isThere(database: Database, shape: Shape, step: Step): Promise<boolean> {
  const again = await database.rehearse((writing) => importBatch(writing, { shape, ...step, expected: undefined }))
  return again.every(({ row }) => row.verdict === 'skipped' || row.verdict === 'refused')
}

/** Records that are written together. */
interface Step {
  readonly kind: RecordKind
  readonly batch: readonly ImportRecord[]
  readonly expected: readonly string[] | undefined
  /** The beads whose numbers as children are counted with it. */
  readonly counted: readonly ImportRecord[]
  /** Once all of it was sent to the database. */
  judged: readonly Judged[] | undefined
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
    const found = judgement(() => judge(fields))
    const basis = expected?.[index]
    const final = basis === undefined || basis === basisOf(found) ? found : stale(found)
    if (final.verdict === 'created' || final.verdict === 'updated') await final.take()
    all.push(judgedAs({ file, line, kind, bead: beadOf(fields) }, final))
  }
  await bulk.flush()
  return all
}
