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

/** What became of a record. */
export interface Outcome {
  readonly result: 'created' | 'updated' | 'skipped'
  /** Why it was skipped. */
  readonly why: string
}

/** Looks at what is there once a batch, then takes its records one by one; a bad one is `bead_invalid`. */
export type Importer = (batch: Batch) => Promise<(fields: Fields) => Promise<Outcome>>

export const created: Outcome = { result: 'created', why: '' }
export const updated: Outcome = { result: 'updated', why: '' }
export const skipped = (why: string): Outcome => ({ result: 'skipped', why })
