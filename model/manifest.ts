import type { ModeSource } from './mode.ts'

/** What the session manifest records: changes, never looks (seed 001, 6). */
export const manifestActions = [
  'work_item.state_changed',
  'work_item.created',
  'epic.created',
  'milestone.created',
  'decision.created',
  'work_item.edited',
  'work_item.deleted',
  'dependency.changed',
  'source.connected',
] as const

export type ManifestAction = (typeof manifestActions)[number]

/** What an entry is about: a kind of bead, or the source itself. */
export interface ManifestEntity {
  readonly type: 'bead' | 'epic' | 'milestone' | 'decision' | 'source'
  readonly id: string
  readonly title: string
}

/** One line of the session manifest; its keys are the seed's (001, 6). */
export interface ManifestEntry {
  readonly event_id: string
  /** ISO 8601, UTC. */
  readonly occurred_at: string
  readonly actor: string
  readonly mode: 'beads_only'
  readonly source: ModeSource
  readonly action: ManifestAction
  readonly entity: ManifestEntity
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
  /** One English sentence, in the past tense, without who did it. */
  readonly summary: string
}

/** Whether entries can be written (seed 001, 6: "best-effort but visible"). */
export interface ManifestState {
  readonly path: string
  /** `off`: nothing is recorded, because nothing can be changed or the mode has no manifest. */
  readonly status: 'ok' | 'failed' | 'off'
  readonly why: string
  /** How many entries could not be written since the server started. */
  readonly lost: number
}
