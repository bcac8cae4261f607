import {
  recordKinds,
  type ImportOptions,
  type ImportPlan,
  type ImportRow,
  type ImportText,
} from '../../../model/exchange.ts'
import { actorName } from '../bead-change.ts'
import { refused } from '../import/importer.ts'
import { readJsonl, type ImportRecord } from '../import/jsonl-records.ts'
import { beadOf, judgedAs, rowsOf, type Judged } from '../import/judged.ts'
import type { BdSource } from './bd-source.ts'
import { judgeFor } from './import-judge.ts'
import { isTaken, judgeEach, lookAt, takeStep, unwrittenStep, type Step, type StepItem } from './import-step.ts'

/** Beads that one run of bd takes in. */
const beadsAtOnce = 250

interface Read {
  /** In the order in which they are judged. */
  readonly records: readonly ImportRecord[]
  /** What becomes of lines that are no records. */
  readonly bad: readonly Judged[]
}

/** What `importThroughBd` would do now, judged against the folder as it is; nothing is written. */
export async function planThroughBd(
  source: BdSource,
  texts: readonly ImportText[],
  { progress, signal }: Pick<ImportOptions, 'progress' | 'signal'> = {},
): Promise<ImportPlan> {
  const { records, bad } = await readTexts(texts)
  const judged = [...bad, ...(await judgeAll(source, records.map(asItem)))]
  signal?.throwIfAborted()
  progress?.(judged.length, judged.length)
  return { rows: rowsOf(judged), bases: judged.map(({ basis }) => basis) }
}

/**
 * Imports JSONL through bd. `bd import` overwrites whatever has the same id, so it is told of no bead that was not judged
 * before: step by step the beads are looked at, judged, told to bd by one run, and looked at again, in one turn among all
 * writes of Gemba. Edges come after all beads, as bd drops those to beads that are not there. Repeat-safe.
 */
export async function importThroughBd(
  source: BdSource,
  texts: readonly ImportText[],
  { actor, bases, progress, signal, settled }: ImportOptions,
): Promise<ImportRow[]> {
  const { records, bad } = await readTexts(texts)
  const items = records.map((record, index) => ({ record, basis: bases?.[bad.length + index] }))
  const judged = await judgeAll(source, items)
  const all: ImportRow[] = []
  const tell = async (rows: readonly ImportRow[]): Promise<void> => {
    all.push(...rows)
    await settled?.(rows)
    progress?.(all.length, bad.length + records.length)
  }
  await tell([...rowsOf(bad), ...rowsOf(judged.filter((each) => !isTaken(each.row)))])
  const wanted = judged.flatMap((each, index): StepItem[] => {
    const record = records[index]
    return record === undefined || !isTaken(each.row) ? [] : [{ record, basis: each.basis }]
  })
  const steps = stepsOf(wanted)
  for (const [index, step] of steps.entries()) {
    const { rows, error } =
      signal?.aborted === true
        ? { rows: unwrittenStep(step), error: signal.reason as unknown }
        : await takeStep(source, step, actorName(actor))
    await tell(rows)
    if (error === undefined) continue
    await tell(steps.slice(index + 1).flatMap(unwrittenStep))
    throw error
  }
  return all
}

async function readTexts(texts: readonly ImportText[]): Promise<Read> {
  const { records, bad } = await readJsonl(texts)
  return {
    records: recordKinds.flatMap((kind) => records.filter((record) => record.kind === kind)),
    bad: bad.map(({ file, line, why }) =>
      judgedAs({ file, line, kind: 'unknown', bead: '' }, refused('malformed', why)),
    ),
  }
}

/** Judges all against what is there now, each as if those before it had been taken. */
async function judgeAll(source: BdSource, items: readonly StepItem[]): Promise<Judged[]> {
  return judgeEach(judgeFor(await lookAt(source, items)), items)
}

/** Beads with their labels and comments first, then all edges; what belongs to one bead stays together. */
function stepsOf(items: readonly StepItem[]): Step[] {
  const isEdge = ({ record }: StepItem): boolean => record.kind === 'dependencies'
  return [items.filter((item) => !isEdge(item)), items.filter(isEdge)].flatMap((some) => {
    const groups = [...Map.groupBy(some, ({ record }) => beadOf(record.fields)).values()]
    const count = Math.ceil(groups.length / beadsAtOnce)
    return Array.from({ length: count }, (_, at) => groups.slice(at * beadsAtOnce, (at + 1) * beadsAtOnce).flat())
  })
}

function asItem(record: ImportRecord): StepItem {
  return { record, basis: undefined }
}
