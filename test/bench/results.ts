import { quantile, type Aim, type Finding, type Outcome, type Quantile } from './measure.ts'
import type { Machine } from './machine.ts'

/** All that one run of the bench found. */
export interface Results {
  readonly machine: Machine
  readonly outcomes: readonly Outcome[]
}

/** One line of the table as text. */
export interface TableRow {
  readonly what: string
  readonly unit: string
  readonly count: string
  readonly p50: string
  readonly p95: string
  readonly p99: string
  readonly aim: string
  readonly ratio: string
  readonly note: string
}

export const columns = ['what', 'unit', 'count', 'p50', 'p95', 'p99', 'aim', 'ratio', 'note'] as const
export const headings: Readonly<Record<(typeof columns)[number], string>> = {
  what: 'what',
  unit: 'unit',
  count: 'n',
  p50: 'p50 or value',
  p95: 'p95',
  p99: 'p99',
  aim: 'aim',
  ratio: 'measured ÷ aim',
  note: 'note',
}

export function rowOf(finding: Finding): TableRow {
  const { what, unit, samples, aims = [], against, note = '' } = finding
  const several = samples.length > 1
  const at = (wanted: Quantile): string => shown(quantile(samples, wanted))
  const ratio = against === undefined ? '' : `${shown(quantile(samples, 'p50') / against.median)} × ${against.what}`
  return {
    what,
    unit,
    count: samples.length === 0 ? '–' : String(samples.length),
    p50: at('p50'),
    p95: several ? at('p95') : '',
    p99: samples.length >= 20 ? at('p99') : '',
    aim: aims.map((aim) => `${several ? `${aim.at} ` : ''}${aim.most === 0 ? '0' : `≤ ${aim.most}`}`).join(', '),
    ratio: [...aims.map((aim) => ratioOf(samples, aim)), ratio].filter((text) => text !== '').join(', '),
    note,
  }
}

function ratioOf(samples: readonly number[], { at, most }: Aim): string {
  const measured = quantile(samples, at)
  if (most === 0) return measured === 0 ? 'met' : 'missed'
  return `${(measured / most).toFixed(2)}${measured > most ? ' missed' : ''}`
}

function shown(value: number): string {
  if (Number.isNaN(value)) return '–'
  return Math.abs(value) >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1)
}

/** Everything as JSON, samples rounded to a hundredth. */
export function toJson({ machine, outcomes }: Results): string {
  const rounded = outcomes.map((outcome) => ({
    ...outcome,
    findings: outcome.findings.map((finding) => ({
      ...finding,
      p50: quantile(finding.samples, 'p50'),
      p95: quantile(finding.samples, 'p95'),
      p99: quantile(finding.samples, 'p99'),
      // A long series is told by its quantiles.
      samples: finding.samples.length > 1_000 ? [] : finding.samples.map((sample) => Math.round(sample * 100) / 100),
      count: finding.samples.length,
    })),
  }))
  return `${JSON.stringify({ machine, outcomes: rounded }, null, 1)}\n`
}

/** One measure as plain text, its columns aligned. */
export function toText(outcome: Outcome): string {
  const head = `${outcome.title} (${outcome.seconds.toFixed(0)} s, load ${outcome.load.map((load) => load.toFixed(1)).join(' → ')})`
  if (outcome.failure !== null) return `${head}\n  could not be measured: ${outcome.failure}\n`
  const rows = [headings, ...outcome.findings.map(rowOf)]
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row: Readonly<Record<(typeof columns)[number], string>>): string =>
    columns
      .map((column, n) => (n === 0 ? row[column].padEnd(widths[n] ?? 0) : row[column].padStart(widths[n] ?? 0)))
      .join('  ')
  return [head, ...rows.map((row) => `  ${line(row).trimEnd()}`), ''].join('\n')
}
