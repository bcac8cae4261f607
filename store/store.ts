import type { GembaEvent, NewEvent, Publication, Snapshot } from '../model/event.ts'
import type { AuditEntry } from './database.ts'

/** What a nonce stands for: one person, one action, one body, one precondition. */
export interface NonceBinding {
  readonly subject: string
  readonly method: string
  readonly path: string
  /** SHA-256 of the canonical body and the precondition, hex. */
  readonly digest: string
}

/** A browser that has signed in. Digests are SHA-256, hex. */
export interface StoredSignIn {
  readonly id: string
  readonly cookieDigest: string
  readonly secretDigest: string
  /** Of the local token it was signed in with. */
  readonly tokenDigest: string
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

/** A digest of what was told of a bead; null: that it is gone. */
export interface ToldBead {
  readonly bead: string
  readonly digest: string | null
}

export interface StoredAnswer {
  readonly status: number
  readonly body: unknown
  /** The body was too long to keep: the id of what it showed, to look it up again; empty when it had none. */
  readonly omitted?: string
}

export type NonceBegin =
  /** The caller now holds the lease and must call `finishNonce`, or `abandonNonce` when nothing happened. */
  | { readonly outcome: 'begun' }
  | { readonly outcome: 'done'; readonly answer: StoredAnswer }
  | { readonly outcome: 'busy' | 'unknown' | 'mismatch' }

/** What a publication did. */
export interface Published {
  /** What was not published before. */
  readonly events: GembaEvent[]
  /** The revision of the snapshot that is on record now; a later one than the published one has stayed. */
  readonly recorded: number
}

/** The operational store: people, nonces, the event log, published snapshots. One process owns it. */
export interface Store {
  /** Names this event log; part of every SSE id. A log that was lost and begun anew has another. */
  readonly epoch: string

  /** Events and snapshot in one transaction. What was published before is not published again; an older snapshot never replaces a newer one. */
  publish(publication: Publication): Promise<Published>
  append(events: readonly NewEvent[]): Promise<GembaEvent[]>
  /** Events about beads, and in the same transaction what they told. Each bead at most once. */
  tell(events: readonly NewEvent[], told: readonly ToldBead[]): Promise<GembaEvent[]>
  /** What was told last of each bead that is there: digests by bead. */
  toldBeads(): Promise<ReadonlyMap<string, string>>
  /** Events with a number greater than `after`, in order. */
  events(options: { after: number; limit: number }): Promise<GembaEvent[]>
  /** The newest events about one session, oldest first; `cursor` of a page leads to the older ones before it. */
  sessionEvents(query: {
    session: string
    limit: number
    cursor?: string
  }): Promise<{ items: GembaEvent[]; cursor: string | null }>
  lastEvent(): Promise<number>
  /** Called with each committed batch, in order and without a gap, from the moment of the call. */
  onEvents(listener: (events: readonly GembaEvent[]) => void): () => void

  /** The one written last comes first. `cursor` is what the page before ended with. */
  snapshots(query: {
    kind: Snapshot['kind']
    project: string
    open?: boolean
    limit: number
    cursor?: string
  }): Promise<{ items: Snapshot[]; cursor: string | null }>
  snapshot(kind: Snapshot['kind'], id: string): Promise<Snapshot | undefined>

  issueNonce(binding: NonceBinding, ttlMs: number): Promise<{ nonce: string; expiresAt: string }>
  /** `leaseMs`: after that long without an end the same request may begin again. */
  beginNonce(nonce: string, binding: NonceBinding, leaseMs: number): Promise<NonceBegin>
  finishNonce(nonce: string, answer: StoredAnswer): Promise<void>
  abandonNonce(nonce: string): Promise<void>

  /** Used longest ago first. */
  signIns(): Promise<StoredSignIn[]>
  addSignIn(signIn: StoredSignIn): Promise<void>
  /** Changes nothing when it has ended meanwhile. */
  noteSignIn(id: string, usedAt: number): Promise<void>
  deleteSignIn(id: string): Promise<void>

  audit(entry: AuditEntry): Promise<void>
  /** Removes expired nonces, and events older than `keepEvents` numbers. What was swept is not published again either. */
  sweep(options: { keepEvents: number }): Promise<void>
  close(): Promise<void>
}

export interface StoreOptions {
  /** A folder for the embedded Postgres (PGlite), or a `postgres://` URL. */
  readonly at: { readonly folder: string } | { readonly url: string }
  /** The project whose data it holds; absent: whichever, as in tests. */
  readonly project?: string
}
