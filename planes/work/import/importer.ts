import type { ImportReason, ImportRow } from '../../../model/exchange.ts'
import type { Writing } from '../database.ts'
import type { Shape } from '../shape.ts'
import type { BulkInsert } from './bulk-insert.ts'
import type { Fields, ImportRecord } from './jsonl-records.ts'

/** Records of one kind, and what they are written with. */
export interface Batch {
  readonly writing: Writing
  readonly bulk: BulkInsert
  readonly shape: Shape
  readonly records: readonly ImportRecord[]
}

/** What is to become of a record, and how it is done; nothing is written before that. */
export interface Judgement extends Pick<ImportRow, 'verdict' | 'reason' | 'why' | 'changes' | 'note'> {
  /** What was found in the database and led to this; the same again leads to the same. */
  readonly basis: string
  take(): void | Promise<void>
}

/** Looks at what is there once a batch, then judges its records one by one; a bad one is `bead_invalid`. */
export type Importer = (batch: Batch) => Promise<(fields: Fields) => Judgement>

const nothing = { changes: [], note: '', basis: '', take: (): void => undefined }

export function created(take: Judgement['take'], note = ''): Judgement {
  return { ...nothing, verdict: 'created', reason: 'new', why: '', note, take }
}

export function skipped(reason: ImportReason, why: string, found: Partial<Judgement> = {}): Judgement {
  return { ...nothing, verdict: 'skipped', reason, why, ...found }
}

export function refused(reason: ImportReason, why: string, found: Partial<Judgement> = {}): Judgement {
  return { ...nothing, verdict: 'refused', reason, why, ...found }
}
