import { GembaError } from '../../../model/error.ts'
import type { ImportRow } from '../../../model/exchange.ts'
import { refused, type Judgement } from '../import/importer.ts'
import type { ImportRecord } from '../import/jsonl-records.ts'
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
} from '../import/judged.ts'
import { addBdEdge } from './bd-edges.ts'
import { objectIn } from './bd-output.ts'
import { runWrite, type BdSource } from './bd-source.ts'
import { judgeFor, type JudgeKnows } from './import-judge.ts'
import { freshBook } from './import-look.ts'
import { writeTurn } from './write-turn.ts'

/** Milliseconds that bd may take for one step. */
const writingMs = 180_000

/** A record to import, and what its verdict has to rest on; undefined: on whatever is there. */
export interface StepItem {
  readonly record: ImportRecord
  readonly basis: string | undefined
}

/** Records that are written by one run of bd. */
export type Step = readonly StepItem[]

export interface StepEnd {
  /** What became of each record. */
  readonly rows: readonly ImportRow[]
  /** Why the import ends here. */
  readonly error?: unknown
}

export function isTaken({ verdict }: Pick<ImportRow, 'verdict'>): boolean {
  return verdict === 'created' || verdict === 'updated'
}

export function unwrittenStep(step: Step): ImportRow[] {
  return unwritten(step.map(({ record }) => record))
}

/** Judges records one by one, and takes what is to be taken into the book of the judge. */
export function judgeEach(judge: (record: ImportRecord) => Judgement, items: readonly StepItem[]): Judged[] {
  return items.map(({ record, basis }) => {
    const found = judgement(() => judge(record))
    const final = basis === undefined || basis === basisOf(found) ? found : stale(found)
    if (isTaken(final)) void final.take()
    const { file, line, kind, fields } = record
    return judgedAs({ file, line, kind, bead: beadOf(fields) }, final)
  })
}

/** Looks, judges, writes and looks again, in one turn. Never rejects: the end says what came of it. */
export function takeStep(source: BdSource, step: Step, actor: string): Promise<StepEnd> {
  const nothing = (error: unknown): StepEnd => ({ rows: unwrittenStep(step), error })
  return writeTurn(source.folder.beads, () => takeInTurn(source, step, actor)).catch(nothing)
}

async function takeInTurn(source: BdSource, step: Step, actor: string): Promise<StepEnd> {
  const knows = await lookAt(source, step).catch((error: unknown) => ({ error }))
  if ('error' in knows) return { rows: unwrittenStep(step), error: knows.error }
  const judged = judgeEach(judgeFor(knows), step)
  try {
    await write(source, knows, actor)
  } catch (error) {
    if (isRefused(error)) return takeApart(source, step, { judged, actor, error })
    const rows = await confirmed(source, step, judged, notWritten).catch(() => undefined)
    return { rows: rows ?? unwritten(recordsOf(step), unknown), error }
  }
  const left = { reason: 'conflict', why: 'bd did not take it over' } as const
  const rows = await confirmed(source, step, judged, left).catch((error: unknown) => error)
  return Array.isArray(rows)
    ? { rows: rows as ImportRow[] }
    : { rows: unwritten(recordsOf(step), unknown), error: rows }
}

/** What is there now: all beads, by one run of bd, and the settings when one of the records is a setting. */
export async function lookAt(source: BdSource, step: Step): Promise<JudgeKnows> {
  const [book, words, config] = await Promise.all([freshBook(source), source.words(), settingsOf(source, step)])
  return { book, words, config, memories: [] }
}

async function settingsOf({ bd }: BdSource, step: Step): Promise<ReadonlyMap<string, string>> {
  if (!step.some(({ record }) => record.kind === 'config')) return new Map()
  const all = objectIn(await bd.run(['config', 'list', '--json']))
  return new Map(Object.entries(all).map(([key, value]) => [key, String(value)]))
}

async function write(source: BdSource, { book, memories }: JudgeKnows, actor: string): Promise<void> {
  const lines = [...memories, ...book.lines()]
  if (lines.length > 0) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const run = { actor, files: { '--input': text }, timeout: writingMs }
    await runWrite(source, ['import', '--json'], [], run).catch(unlessNothing)
  }
  for (const edge of book.outsideEdges()) await addBdEdge(source, edge, actor)
}

/** bd fails when all that it was told is there. */
function unlessNothing(error: unknown): void {
  if (error instanceof GembaError && error.params['why']?.includes('nothing to commit') === true) return
  throw error
}

/** The rows as they were judged, where what is there now bears them out, and the others with why they are not. */
async function confirmed(
  source: BdSource,
  step: Step,
  judged: readonly Judged[],
  left: Pick<ImportRow, 'reason' | 'why'>,
): Promise<ImportRow[]> {
  const judge = judgeFor(await lookAt(source, step))
  return judged.map(({ row }, index) => {
    const record = step[index]?.record
    if (record === undefined || !isTaken(row)) return row
    const again = judgement(() => judge(record))
    return isTaken(again) ? { ...row, verdict: 'refused', changes: again.changes, ...left } : row
  })
}

function isRefused(error: unknown): error is GembaError {
  return error instanceof GembaError && error.code === 'bead_invalid'
}

/** bd takes a text whole or not at all: what it refuses is looked for by halves. */
async function takeApart(
  source: BdSource,
  step: Step,
  { judged, actor, error }: { readonly judged: readonly Judged[]; readonly actor: string; readonly error: GembaError },
): Promise<StepEnd> {
  const beads = [...new Set(step.map(({ record }) => beadOf(record.fields)))]
  if (beads.length === 1) {
    const [why = ''] = (error.params['why'] ?? '').split('\n')
    const no = refused('invalid', why.replace(/^Error: /, ''))
    return { rows: rowsOf(judged).map((row) => (isTaken(row) ? { ...row, ...verdictOf(no) } : row)) }
  }
  const first = new Set(beads.slice(0, Math.ceil(beads.length / 2)))
  const isFirst = ({ record }: StepItem): boolean => first.has(beadOf(record.fields))
  const one = await takeInTurn(source, step.filter(isFirst), actor)
  const rest = step.filter((item) => !isFirst(item))
  if (one.error !== undefined) return { ...one, rows: [...one.rows, ...unwrittenStep(rest)] }
  const two = await takeInTurn(source, rest, actor)
  return { ...two, rows: [...one.rows, ...two.rows] }
}

function verdictOf({ verdict, reason, why }: Judgement): Pick<ImportRow, 'verdict' | 'reason' | 'why'> {
  return { verdict, reason, why }
}

function recordsOf(step: Step): ImportRecord[] {
  return step.map(({ record }) => record)
}
