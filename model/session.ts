import type { Actor } from './actor.ts'
import type { WorkDigest } from './fact.ts'

/** One agent in one pane, working on one bead. */
export type SessionStatus =
  'initializing' | 'ready' | 'working' | 'prompting' | 'stalled' | 'suspended' | 'integrating' | 'completed' | 'failed'

export type CloseReason =
  'bead_done' | 'user_stop' | 'start_refused' | 'start_failed' | 'transport_error' | 'provider_exit' | 'bead_moved'

/** What the API, the console and the store know of a session: its workflow's published state. */
export interface SessionView {
  readonly id: string
  readonly project: string
  readonly bead: string
  readonly beadTitle: string
  readonly repository: string
  readonly host: string
  readonly agent: string
  readonly status: SessionStatus
  /** Why it is in this status, for a person. */
  readonly note: string
  /** Its host does not answer, and it can do nothing without it. Whatever else its status says is from before. */
  readonly waitsForHost: boolean
  readonly closeReason: CloseReason | null
  /** The attempt in charge; grows by one with each launch of the pane. */
  readonly fence: number
  readonly branch: string
  readonly worktree: string | null
  readonly startedBy: Actor
  readonly startedAt: string
  readonly endedAt: string | null
  readonly digest: WorkDigest
  /** Ids of escalations that wait for a person. */
  readonly openEscalations: readonly string[]
  /** The commit on the base branch that holds the work, once integrated. */
  readonly integratedAs: string | null
}

export function isEnded(status: SessionStatus): boolean {
  return status === 'completed' || status === 'failed'
}

/** The session id that a dispatch command with this key gives to its n-th item: the same command names the same session. */
export function sessionIdOf(key: string, index: number): string {
  const stem = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  return `s${stem.slice(-14)}${index === 0 ? '' : `x${index.toString(36)}`}`
}

/** The branch that a bead is worked on (seed 003). */
export function branchOf(bead: string): string {
  return `bead/${bead}`
}
