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
  /** Whether it was skipped for what is wrong with it, rather than because it is there. */
  readonly bad: boolean
}

/** Looks at what is there once a batch, then takes its records one by one; a bad one is `bead_invalid`. */
export type Importer = (batch: Batch) => Promise<(fields: Fields) => Promise<Outcome>>

export const created: Outcome = { result: 'created', why: '', bad: false }
export const updated: Outcome = { result: 'updated', why: '', bad: false }
export const skipped = (why: string): Outcome => ({ result: 'skipped', why, bad: false })
export const refused = (why: string): Outcome => ({ result: 'skipped', why, bad: true })
