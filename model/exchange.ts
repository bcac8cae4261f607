import type { Actor } from './actor.ts'

/** `bd`: as `bd export` writes it. `columns`: the rows of the tables by their columns, so that nothing is lost. */
export const exportFormats = ['bd', 'columns'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The tables that are exchanged, in the order in which they are imported. */
export const recordKinds = ['config', 'issues', 'labels', 'dependencies', 'comments'] as const
export type RecordKind = (typeof recordKinds)[number]

/** What becomes of a line or a row of it. `refused`: it can not be taken; `skipped`: it need or must not be. */
export const verdicts = ['created', 'updated', 'skipped', 'refused'] as const
export type Verdict = (typeof verdicts)[number]

/** Why, as one word for programs. */
export const importReasons = [
  'new',
  'newer',
  'same',
  'older',
  'conflict',
  'kept',
  'held',
  'malformed',
  'invalid',
  'cycle',
  'stale',
  'broken_off',
  'unknown',
] as const
export type ImportReason = (typeof importReasons)[number]

/** One row that a line stands for: a line of `bd export` is a bead and each of its labels, edges and comments. */
export interface ImportRow {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly kind: RecordKind | 'unknown'
  readonly bead: string
  readonly verdict: Verdict
  readonly reason: ImportReason
  /** In words, for what is not simply taken. */
  readonly why: string
  /** Columns in which the line and the database differ. */
  readonly changes: readonly string[]
  /** What is taken as it is, and yet worth a look, such as an edge to a bead that is not there. */
  readonly note: string
}

/** Tells how many rows of how many are done. */
export type ImportProgress = (done: number, total: number) => void

/** A dry run: what an import would do now. */
export interface ImportPlan {
  readonly rows: readonly ImportRow[]
  /** What each verdict rests on, by row; an import that is given them leaves alone what has changed since. */
  readonly bases: readonly string[]
}

/** One text of JSONL. It is read twice when it is judged first and taken then. */
export interface ImportText {
  readonly file: string
  /** What its lines are when they do not say it themselves. */
  readonly kind: RecordKind
  chunks(): AsyncIterable<Uint8Array>
}

export interface ImportOptions {
  readonly actor: Actor
  /** Only what the dry run said, where that still holds; the rest is `stale`. */
  readonly bases?: readonly string[]
  readonly progress?: ImportProgress
  /** Stops before the next step; what was taken stays. */
  readonly signal?: AbortSignal
  /**
   * Told what became of each row once that is certain, step by step and in their order; the next step waits for it. When
   * the import breaks off, the rows that were not written are told last, as `broken_off`, before the error is thrown;
   * `unknown` are those whose writing the database did not confirm and can not be asked about.
   */
  readonly settled?: (rows: readonly ImportRow[]) => Promise<void> | void
}

/** Takes beads out of a Beads database and into it, as JSONL. Errors as those of a work plane. */
export interface BeadsExchange {
  /** Writes a consistent copy, bead by bead in the order of ids, as fast as `write` takes it. Answers how many lines. */
  export(format: ExportFormat, write: (text: string) => Promise<void>): Promise<number>
  /** Says what an import would do, and writes nothing. */
  plan(texts: readonly ImportText[], options?: Pick<ImportOptions, 'progress' | 'signal'>): Promise<ImportPlan>
  /** Takes what can be taken, in steps, each whole or not at all. Can be repeated. */
  import(texts: readonly ImportText[], options: ImportOptions): Promise<readonly ImportRow[]>
}

/** The largest text that the API takes in, in bytes. */
export const largestImport = 32 * 1024 * 1024

/** `judging` → `planned` → `importing` → `done`; `failed` from either step, with what was taken so far. */
export const importStates = ['judging', 'planned', 'importing', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]
