import type { Actor } from './actor.ts'
import type { BeadSummary } from './bead.ts'
import type { EscalationView } from './escalation.ts'
import type { HostView } from './host.ts'
import type { ManifestEntry, ManifestState } from './manifest.ts'
import type { SessionView } from './session.ts'

/** What happened, as the event log keeps it. Bead events come only from the watcher, never from a writer. */
export type EventBody =
  | { readonly kind: 'bead.changed'; readonly bead: BeadSummary }
  | { readonly kind: 'bead.deleted'; readonly bead: string }
  /** So many beads are others now that they are to be listed anew, or the source is another one. */
  | { readonly kind: 'beads.reread' }
  | { readonly kind: 'bead.released'; readonly bead: string; readonly session: string; readonly why: string }
  | { readonly kind: 'bead.parked'; readonly bead: string; readonly why: string }
  | { readonly kind: 'bead.unparked'; readonly bead: string }
  | { readonly kind: 'session.changed'; readonly session: SessionView }
  | {
      readonly kind: 'session.refused'
      readonly session: string
      readonly bead: string
      readonly code: string
      readonly message: string
    }
  | { readonly kind: 'escalation.changed'; readonly escalation: EscalationView }
  | { readonly kind: 'host.changed'; readonly host: HostView }
  | {
      readonly kind: 'work-plane.changed'
      readonly healthy: boolean
      readonly why: string
      /** As in the catalogue; events of earlier versions have none. */
      readonly code?: string | null
      readonly mend?: string
    }
  | { readonly kind: 'manifest.appended'; readonly entry: ManifestEntry }
  | { readonly kind: 'manifest.changed'; readonly state: ManifestState }

/** An event before it has a number. `(source, sourceRevision)` is unique: publishing twice is publishing once. */
export interface NewEvent {
  readonly source: string
  readonly sourceRevision: number
  readonly at: string
  readonly actor: Actor
  readonly body: EventBody
}

/** An event with its number: numbers have no gap, and their order is the order of commit. */
export interface GembaEvent extends NewEvent {
  readonly number: number
}

/** The state a workflow publishes with its events, at most 64 KiB. */
export interface Snapshot {
  readonly kind: 'session' | 'escalation' | 'host' | 'dispatch'
  readonly id: string
  readonly project: string
  /** Version of the shape of `state`. */
  readonly schema: number
  readonly revision: number
  readonly open: boolean
  readonly view: unknown
  readonly state: unknown
}

/** What one activity call publishes in one transaction. */
export interface Publication {
  readonly events: readonly NewEvent[]
  readonly snapshot: Snapshot
}
