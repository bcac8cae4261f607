import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { userInfo } from 'node:os'
import { GembaError } from '../model/error.ts'
import type { ImportRow, Verdict } from '../model/exchange.ts'
import { countVerdicts, importLines, type ImportLine } from '../model/import-lines.ts'
import { importTexts } from '../planes/work/import/jsonl-records.ts'
import { createDatabase, openExchange, type SourceFlags } from './beads-source.ts'
import { exitCodes, print, say } from './output.ts'

/** Lines that are told one by one; `--json` tells all. */
const most = 50

export interface ImportFlags extends SourceFlags {
  readonly dryRun?: boolean
  /** Prefix of the ids of a database that is made where there is none. */
  readonly create?: string
  readonly json?: boolean
}

/**
 * `gemba beads import`: takes the beads of a file of `bd export`, or of a folder of JSONL, into a Beads database; with
 * `--dry-run` it only says what would become of each line. Repeat-safe. Ends with 6 when a line could not be taken.
 */
export async function beadsImport(file: string, flags: ImportFlags): Promise<number> {
  const path = resolve(file)
  if (!existsSync(path)) {
    const fix = 'Name a file of `bd export`, or a folder with issues.jsonl.'
    throw new GembaError('path_unusable', { path, why: 'there is nothing', fix })
  }
  if (flags.create !== undefined) await createDatabase(flags, flags.create)
  const exchange = await openExchange(flags)
  const texts = await importTexts(path)
  const actor = { name: process.env['GEMBA_ACTOR'] ?? userInfo().username, via: 'cli' } as const
  if (flags.dryRun === true) return told((await exchange.plan(texts)).rows, flags)
  const rows: ImportRow[] = []
  try {
    await exchange.import(texts, { actor, settled: (some) => void rows.push(...some) })
  } catch (error) {
    if (rows.length > 0) told(rows, flags)
    if (rows.length > 0) say('The import broke off. To run it again is safe: what is there stays as it is.')
    throw error
  }
  return told(rows, flags)
}

function told(rows: readonly ImportRow[], flags: ImportFlags): number {
  if (flags.json === true) print(JSON.stringify(report(rows, flags.dryRun === true)))
  else if (flags.dryRun === true) tellPlan(rows)
  else tellDone(rows)
  return rows.some((row) => row.verdict === 'refused') ? exitCodes.findings : exitCodes.done
}

function report(rows: readonly ImportRow[], dryRun: boolean): object {
  return { version: 2, dryRun, ...countVerdicts(rows), lines: importLines(rows), rows }
}

/** A dry run tells every line. */
function tellPlan(rows: readonly ImportRow[]): void {
  const lines = importLines(rows)
  for (const line of lines) print(planned(line))
  const { created, updated, skipped, refused } = countVerdicts(lines)
  const total = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`
  print(`${total}: ${created} to be created, ${updated} to be updated, ${skipped} skipped, ${refused} not taken`)
  say('Nothing was written: this was a dry run.')
}

const words: Readonly<Record<Verdict, string>> = {
  created: 'would be created',
  updated: 'would be updated',
  skipped: 'skipped',
  refused: 'not taken',
}

function planned(line: ImportLine): string {
  const changes = line.changes.length === 0 ? '' : ` (${line.changes.join(', ')})`
  const why = line.why.length === 0 ? '' : `: ${line.why.join('; ')}`
  return `${placeOf(line)}: ${words[line.verdict]}${changes}${why}`
}

function tellDone(rows: readonly ImportRow[]): void {
  const bad = rows.filter((row) => row.verdict === 'refused')
  for (const row of bad.slice(0, most)) print(`${placeOf(row)}: not taken: ${row.why}`)
  if (bad.length > most) print(`… and ${bad.length - most} more; --json tells all`)
  const { created, updated, skipped } = countVerdicts(rows)
  print(`${created} created, ${updated} updated, ${skipped} skipped, ${bad.length} not taken`)
  say('Each bead counts, and each of its labels, edges and comments. --dry-run says beforehand why a line is skipped.')
}

function placeOf({ file, line, bead }: Pick<ImportRow, 'file' | 'line' | 'bead'>): string {
  return `${file}:${line}${bead === '' ? '' : ` ${bead}`}`
}
