import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { installation } from '../../runtime/installation.ts'
import type { Machine } from './machine.ts'
import type { Outcome } from './measure.ts'
import { columns, headings, rowOf, type Results } from './results.ts'

const begin = '<!-- written by npm run bench -- --write-docs: begin -->'
const end = '<!-- written by npm run bench -- --write-docs: end -->'

/**
 * Writes the run's numbers into `docs/benchmarks.md`, between its two marks; what people wrote around them stays. Of a
 * run that is not `whole`, only the sections of its measures are written anew.
 */
export async function writeDocsPage(results: Results, whole: boolean): Promise<string> {
  const file = join(installation().root, 'docs', 'benchmarks.md')
  const before = readFileSync(file, 'utf8')
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has lost the marks between which the numbers stand`)
  const standing = before.slice(from + begin.length, to).trim()
  const written = whole ? numbers(results) : withSections(standing, results)
  const text = `${before.slice(0, from + begin.length)}\n\n${written}\n\n${before.slice(to)}`
  writeFileSync(file, await format(text, { parser: 'markdown', printWidth: 120 }))
  return file
}

function numbers({ machine, outcomes }: Results): string {
  const { date, system, processor, cores, memoryGb, versions } = machine
  const loads = outcomes.flatMap((outcome) => outcome.load)
  const range = `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`
  const busy = Math.max(...loads) > cores ? ' Other programs were at work: read the numbers as an upper bound.' : ''
  return [
    `Measured on ${date} on ${cores} cores of ${processor}, ${memoryGb} GB, ${system}. `,
    `Load over the last minute, the bench itself included: ${range}.${busy}`,
    '',
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    ...outcomes.flatMap((outcome) => section(outcome, machine)),
  ].join('\n')
}

/** A section stands where it stood before, a new one at the end. */
function withSections(standing: string, { machine, outcomes }: Results): string {
  const parts = standing.split(/^(?=### )/m)
  for (const outcome of outcomes) {
    const text = `${section(outcome, machine).join('\n')}\n`
    const at = parts.findIndex((part) => part.startsWith(`### ${outcome.title}\n`))
    if (at < 0) parts.push(text)
    else parts[at] = text
  }
  return parts.map((part) => part.trim()).join('\n\n')
}

function section(outcome: Outcome, { date, cores }: Machine): string[] {
  const { title, findings, failure, load } = outcome
  if (failure !== null) return [`### ${title}`, '', `Could not be measured: ${cell(failure)}`, '']
  const loads = load.map((one) => one.toFixed(1)).join(' at its begin and ')
  const busy = Math.max(...load) > cores ? ` Other programs were at work on the ${cores} cores: an upper bound.` : ''
  return [
    `### ${title}`,
    '',
    `On ${date}, with a load of ${loads} at its end.${busy}`,
    '',
    `| ${columns.map((column) => headings[column]).join(' | ')} |`,
    `| ${columns.map((column) => (column === 'what' || column === 'note' ? '---' : '--:')).join(' | ')} |`,
    ...findings.map(rowOf).map((row) => `| ${columns.map((column) => cell(row[column])).join(' | ')} |`),
    '',
  ]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
