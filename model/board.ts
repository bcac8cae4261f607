import type { BeadSummary } from './bead.ts'
import type { Trouble } from './error.ts'

/** Whether the work plane answers, why it does not, and since when that is so. */
export interface Health extends Trouble {
  readonly healthy: boolean
  readonly since: string
}

export interface BoardChange {
  readonly changed: readonly BeadSummary[]
  /** Of `changed`, the ids of those whose summary says what it said before: a text or an edge that it leaves out is another. */
  readonly sameSummary: readonly string[]
  readonly deleted: readonly string[]
}

/**
 * The projection that lists and displays read: every bead, kept in memory and true to the database within two seconds,
 * whoever wrote. Decisions read the work plane instead.
 */
export interface Board {
  /** All beads, by priority, then newest first. */
  all(): readonly BeadSummary[]
  get(id: string): BeadSummary | undefined
  /** Looks at the database now; resolves when all writes that had ended before the call are in the projection. */
  refresh(): Promise<void>
  /** The database is another one: reads all of it. */
  reread(): Promise<void>
  onChange(listener: (change: BoardChange) => void): () => void
  health(): Health
  /** When the database was last looked at with success, ISO 8601; null before the first time. */
  lastSync(): string | null
  onHealth(listener: (health: Health) => void): () => void
  close(): Promise<void>
}
