import type { KnownAgent, KnownRepository } from './agent.ts'
import type { Timing } from './timing.ts'

/** One project, as its configuration says once checked and completed with defaults. */
export interface Project {
  /** `^[a-z][a-z0-9-]{0,31}$`; part of workflow ids and queue names. */
  readonly id: string
  readonly name: string
  /** Prefix of new bead ids. */
  readonly prefix: string
  readonly repositories: readonly KnownRepository[]
  readonly agents: readonly KnownAgent[]
  readonly defaultAgent: string
  /** Sessions at a time over all hosts. */
  readonly maxSessions: number
  readonly timing: Timing
}
