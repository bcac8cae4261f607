import { createHash } from 'node:crypto'
import { sessionOfHolder } from '../../../model/bead.ts'
import { isoTime } from '../time.ts'
import type { Row } from './bulk-insert.ts'
import { refused, skipped, type Judgement } from './importer.ts'
import { textOf, type Fields } from './jsonl-records.ts'
import { differingColumns } from './row-difference.ts'

/** A row that is there, or that an earlier line brought. */
export type Present = Readonly<Record<string, unknown>>

/** Only a session becomes the holder of a bead: in a line of elsewhere its name says nothing here. */
export function withoutSession(fields: Fields, existing: Present | undefined): Fields {
  const holder = textOf(fields['assignee'])
  if (sessionOfHolder(holder) === undefined || holder === textOf(existing?.['assignee'])) return fields
  const status = textOf(fields['status'])
  return { ...fields, assignee: '', status: status === 'in_progress' || status === 'hooked' ? 'open' : status }
}

/** Whether a line goes over the bead that is there: only when it was changed later, and nobody works on that bead. */
export function judgeVersion(fields: Fields, update: Row, existing: Present, take: Judgement['take']): Judgement {
  const changes = differingColumns(update, existing)
  const content = changes.filter((name) => name !== 'updated_at')
  const found = { changes, basis: digestOf(existing) }
  const [theirs, ours] = [textOf(update['updated_at']), textOf(existing['updated_at'])]
  if (content.length === 0 && theirs <= ours)
    return skipped('same', 'the database has the same', { basis: found.basis })
  if (fields['updated_at'] === undefined) {
    const why = 'the database has other content, and the line does not say when it was changed (updated_at)'
    return skipped('conflict', why, found)
  }
  if (theirs < ours) return skipped('older', `the database has a later version, of ${isoTime(ours)}`, found)
  if (theirs === ours) {
    return skipped('conflict', 'the database has other content with the same time of change', found)
  }
  const session = sessionOfHolder(textOf(existing['assignee']))
  if (session !== undefined) {
    return refused('held', `session ${session} works on it; end the session first`, found)
  }
  return { verdict: 'updated', reason: 'newer', why: '', note: '', ...found, take }
}

function digestOf(row: Present): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(row)))
    .digest('base64url')
    .slice(0, 16)
}
