import { GembaError } from '../../../model/error.ts'
import type { ImportRow } from '../../../model/exchange.ts'
import { refused, type Judgement } from './importer.ts'
import { textOf, type Fields, type ImportRecord } from './jsonl-records.ts'

/** A row of an import as it is told, and what its verdict rests on. */
export interface Judged {
  readonly row: ImportRow
  readonly basis: string
}

export function rowsOf(judged: readonly Judged[]): ImportRow[] {
  return judged.map(({ row }) => row)
}

export const notWritten = { reason: 'broken_off', why: 'the import broke off before it was written' } as const
export const unknown = {
  reason: 'unknown',
  why: 'the import broke off while it was written, and whether it was could not be asked',
} as const

/** Records that an import which broke off has not written, or of which it does not know. */
export function unwritten(
  records: readonly ImportRecord[],
  how: typeof notWritten | typeof unknown = notWritten,
): ImportRow[] {
  return records.map(({ kind, file, line, fields }) => ({
    ...{ file, line, kind, bead: beadOf(fields), verdict: 'refused', changes: [], note: '' },
    ...how,
  }))
}

/** The verdict of a judge; what he finds invalid is refused. */
export function judgement(judge: () => Judgement): Judgement {
  try {
    return judge()
  } catch (error) {
    if (error instanceof GembaError && error.code === 'bead_invalid') {
      return refused('invalid', error.params['why'] ?? '')
    }
    throw error
  }
}

/** What a person agreed to was something else. */
export function stale(found: Judgement): Judgement {
  const now = found.why === '' ? `it would now be ${found.verdict}` : found.why
  return refused('stale', `the database changed since the dry run: ${now}`, { changes: found.changes })
}

export function judgedAs(at: Pick<ImportRow, 'file' | 'line' | 'kind' | 'bead'>, found: Judgement): Judged {
  const { verdict, reason, why, changes, note } = found
  return { row: { ...at, verdict, reason, why, changes, note }, basis: basisOf(found) }
}

/** Only what is to be written has to be as it was found. */
export function basisOf({ verdict, basis, changes }: Judgement): string {
  return verdict === 'created' || verdict === 'updated' ? [verdict, basis, ...changes].join(' ') : 'nothing'
}

export function beadOf(fields: Fields): string {
  return textOf(fields['issue_id'] ?? fields['id'] ?? fields['key'])
}
