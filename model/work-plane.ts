import type { Actor } from './actor.ts'
import type { BeadDetail, BeadHistory, BeadPatch, BeadSummary, Comment, NewBead } from './bead.ts'
import type { RemoteState } from './mode.ts'

/** What a work plane can do; read at connect, shown by `GET /api/v1/capabilities`. */
export interface WorkPlaneManifest {
  readonly adaptor: string
  readonly display: string
  readonly schemaVersion: number
  readonly prefix: string
  readonly readOnly: boolean
  readonly readOnlyReason: string | null
  readonly watch: 'hash' | 'slow' | 'none'
  readonly compareAndSet: boolean
  readonly concurrentChildren: boolean
  readonly statuses: readonly string[]
  readonly types: readonly string[]
}

export interface Write {
  readonly actor: Actor
  /** Only write when the bead's `etag` is still this one, else `bead_changed`. */
  readonly ifMatch?: string
  /** The same key again changes nothing and answers as the first time. It seeds the ids of event and comment rows. */
  readonly key?: string
}

export type ClaimResult =
  | { readonly claimed: true; readonly bead: BeadDetail }
  | { readonly claimed: false; readonly holder: string | null; readonly status: string }

/** What changed between two looks at the database. `all` when only a full read can tell. */
export type WorkChange = { readonly cursor: string; readonly beads: readonly string[] | 'all' }

/**
 * A Beads database. All methods throw `GembaError` with a code of the catalogue; `work_plane_unavailable` and
 * `work_plane_conflict` may be tried again, the others not. Implementations pass `test/conformance/work-plane.ts`.
 */
export interface WorkPlane {
  manifest(): Promise<WorkPlaneManifest>
  /** Every bead that is not a template or a wisp. */
  list(): Promise<BeadSummary[]>
  /** The named beads, and those whose summary depends on them (blockers and the blocked), as they are now. Unknown ids are absent. */
  summaries(ids: readonly string[]): Promise<BeadSummary[]>
  /** A digest of each named bead that is there: it changes with whatever `get` tells of the bead itself, also with what its summary leaves out. */
  digests(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  get(id: string): Promise<BeadDetail>
  /** The newest `limit` changes of a bead; absent where the source keeps none that can be read. */
  history?(id: string, limit: number): Promise<BeadHistory>
  /** Ids that `bd ready` would list, in its order: priority, then newest first. */
  ready(): Promise<string[]>
  create(bead: NewBead, write: Write): Promise<BeadDetail>
  update(id: string, patch: BeadPatch, write: Write): Promise<BeadDetail>
  /** Closing a closed bead succeeds and changes nothing. Refuses open blockers and open children unless forced. */
  close(id: string, options: { reason: string; session?: string; force?: boolean }, write: Write): Promise<BeadDetail>
  reopen(id: string, options: { reason: string }, write: Write): Promise<BeadDetail>
  delete(id: string, write: Write): Promise<void>
  addDependency(from: string, to: string, kind: string, write: Write): Promise<BeadDetail>
  removeDependency(from: string, to: string, write: Write): Promise<BeadDetail>
  comment(id: string, text: string, write: Write): Promise<Comment>
  /** Compare-and-set: open and unassigned, or already ours, becomes in_progress and held by `holder`. */
  claim(id: string, holder: string, write: Write): Promise<ClaimResult>
  /** Compare-and-set on our own name: back to open and unassigned. False when it is no longer ours. */
  release(id: string, holder: string, write: Write): Promise<boolean>
  /** Beads whose assignee names a Gemba session: `[bead id, session id]`. */
  held(): Promise<{ bead: string; session: string; status: string }[]>
  /** A cheap mark of the database's present state. */
  cursor(): Promise<string>
  /** What changed since `cursor`; null when nothing did. */
  changes(cursor: string): Promise<WorkChange | null>
  /** Has the next look read all anew; absent where each look sees every change anyway. */
  suspect?(): Promise<void>
  /** The remote `origin`, else the first; absent where a source has none to tell of. */
  remote?(): Promise<RemoteState>
  /** Adds a remote, or gives one of that name another address. `remote_invalid` says what is wrong with it. */
  setRemote?(remote: { readonly name: string; readonly url: string }, write: Write): Promise<RemoteState>
  disconnect(): Promise<void>
}
