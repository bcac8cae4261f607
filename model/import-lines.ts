import { recordKinds, type ImportReason, type ImportRow, type Verdict } from './exchange.ts'

/** What becomes of one line as a whole. */
export interface ImportLine {
  readonly file: string
  readonly line: number
  readonly bead: string
  readonly verdict: Verdict
  readonly reason: ImportReason
  /** Sentences without their full stops. */
  readonly why: readonly string[]
  readonly changes: readonly string[]
}

export type VerdictCounts = Readonly<Record<Verdict, number>>

export function countVerdicts(of: readonly { readonly verdict: Verdict }[]): VerdictCounts {
  const count = (verdict: Verdict): number => of.filter((each) => each.verdict === verdict).length
  return {
    created: count('created'),
    updated: count('updated'),
    skipped: count('skipped'),
    refused: count('refused'),
  }
}

/** The rows gathered by line. A line of which only labels, edges or comments are new updates its bead. */
export function importLines(rows: readonly ImportRow[]): ImportLine[] {
  const lines = new Map<string, ImportRow[]>()
  for (const row of rows) {
    const key = `${row.line} ${row.file}`
    const held = lines.get(key)
    if (held === undefined) lines.set(key, [row])
    else held.push(row)
  }
  return [...lines.values()].map(lineOf)
}

/** A line of a dry run whose import came to an end before it wrote anything. */
export function unwrittenLine(line: ImportLine): ImportLine {
  if (line.verdict !== 'created' && line.verdict !== 'updated') return line
  return { ...line, verdict: 'refused', reason: 'broken_off', why: ['the import broke off before it was written'] }
}

function lineOf(rows: readonly ImportRow[]): ImportLine {
  const [head, ...rest] = rows as [ImportRow, ...ImportRow[]]
  const added = rest.filter((row) => row.verdict === 'created' || row.verdict === 'updated')
  const lifted = head.verdict === 'skipped' && added.length > 0
  const { file, line, bead } = head
  const left = rest.filter((row) => row.verdict === 'refused' && row.why !== head.why)
  return {
    ...{ file, line, bead },
    verdict: lifted ? 'updated' : head.verdict,
    reason: lifted ? 'newer' : head.reason,
    why: [...new Set([...said(head), ...addedWords(head, added), ...left.flatMap(said), ...rest.flatMap(noted)])],
    changes: head.changes,
  }
}

function said({ why, note, kind, verdict }: ImportRow): string[] {
  const about = kind === 'issues' || kind === 'unknown' || verdict !== 'refused' ? '' : `${singular[kind]} not taken: `
  return [why === '' ? '' : about + why, kind === 'issues' ? note : ''].filter((each) => each !== '')
}

function noted({ note }: ImportRow): string[] {
  return note === '' ? [] : [note]
}

const singular = {
  config: 'setting',
  issues: 'bead',
  labels: 'label',
  dependencies: 'edge',
  comments: 'comment',
} as const
const plural = {
  config: 'settings',
  issues: 'beads',
  labels: 'labels',
  dependencies: 'edges',
  comments: 'comments',
} as const

/** What comes with a new bead goes without saying. */
function addedWords(head: ImportRow, added: readonly ImportRow[]): string[] {
  if (head.verdict === 'created') return []
  return recordKinds.flatMap((kind) => {
    const count = added.filter((row) => row.kind === kind).length
    return count === 0 ? [] : [`${count} new ${count === 1 ? singular[kind] : plural[kind]}`]
  })
}
