import type { Actor } from './actor.ts'
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
  /** How many entries should be in the file and are not. Most of them wait in memory for the next try. */
  readonly lost: number
}

/** A change as whoever made it tells it; the manifest makes the entry. */
export interface ManifestDeed extends Pick<ManifestEntry, 'action' | 'entity' | 'before' | 'after'> {
  readonly actor: Actor
  /** The same key again is the same deed, and is recorded once. */
  readonly key?: string
}

/** A line that could not be read as an entry; the others are not touched by it. */
export interface ManifestWarning {
  /** Counted from 1; null when it is about the file as a whole. */
  readonly line: number | null
  readonly kind: 'torn' | 'malformed' | 'oversized' | 'unreadable'
  /** One English sentence. */
  readonly why: string
}

/** Entries newest first. Without an item there may still be older ones: `cursor` is null at the beginning of the file. */
export interface ManifestPage {
  readonly items: readonly ManifestEntry[]
  readonly warnings: readonly ManifestWarning[]
  readonly cursor: string | null
}

/** The ledger of what people changed in one Beads source (seed 001, 6). */
export interface SessionManifest {
  state(): ManifestState
  /** Tells why the source can not be changed now, or null that it can: nothing is recorded while it can not. */
  access(readOnly: string | null): void
  /** Never rejects and never takes long: what can not be written shows in the state, and is tried again. */
  record(deed: ManifestDeed): Promise<void>
  /** Records that the source was selected. */
  connected(actor: Actor): Promise<void>
  /** Tries now to write what could not be written. */
  retry(): Promise<ManifestState>
  /** Entries of the current source, parsed anew. `bad_request` for a cursor that is not one of this file. */
  page(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<ManifestPage>
  /** Calls the listener with each entry once it is on the disk. Returns the release. */
  onAppend(listener: (entry: ManifestEntry) => void): () => void
  onState(listener: (state: ManifestState) => void): () => void
  /** Waits for what is being written, no longer than a moment. */
  close(): Promise<void>
}
