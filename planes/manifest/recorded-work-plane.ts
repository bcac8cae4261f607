import type { BeadDetail, BeadPatch, BeadSummary, Comment, NewBead } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { SessionManifest } from '../../model/manifest.ts'
import type { ClaimResult, WorkChange, WorkPlane, WorkPlaneManifest, Write } from '../../model/work-plane.ts'
import {
  commentedDeed,
  createdDeed,
  deletedDeed,
  editedDeed,
  linkedDeed,
  movedDeed,
  type BeadDeed,
} from './bead-deeds.ts'

/** Writes whose end is not known, and what their beads were before. */
const mostOpen = 1_000

/**
 * The same work plane, whose changes are recorded: one entry for each change that succeeded, none for what failed or
 * changed nothing, and one for a write that is repeated by its key. Claims and releases are a session's, which
 * Beads-only mode has not, and are not recorded.
 */
export function recordedWorkPlane(work: WorkPlane, manifest: Pick<SessionManifest, 'record' | 'access'>): WorkPlane {
  return new RecordedWorkPlane(work, manifest)
}

class RecordedWorkPlane implements WorkPlane {
  readonly #work: WorkPlane
  readonly #manifest: Pick<SessionManifest, 'record' | 'access'>
  readonly #open = new Map<string, BeadDetail>()
  readonly history?: NonNullable<WorkPlane['history']>
  readonly suspect?: NonNullable<WorkPlane['suspect']>
  readonly remote?: NonNullable<WorkPlane['remote']>
  readonly setRemote?: NonNullable<WorkPlane['setRemote']>

  constructor(work: WorkPlane, manifest: Pick<SessionManifest, 'record' | 'access'>) {
    this.#work = work
    this.#manifest = manifest
    if (work.history !== undefined) this.history = work.history.bind(work)
    if (work.suspect !== undefined) this.suspect = work.suspect.bind(work)
    if (work.remote !== undefined) this.remote = work.remote.bind(work)
    if (work.setRemote !== undefined) this.setRemote = work.setRemote.bind(work)
  }

  async create(bead: NewBead, write: Write): Promise<BeadDetail> {
    const made = await this.#work.create(bead, write)
    await this.#record('create', createdDeed(bead, made), write)
    return made
  }

  update(id: string, patch: BeadPatch, write: Write): Promise<BeadDetail> {
    return this.#change(`update ${id}`, id, write, {
      run: () => this.#work.update(id, patch, write),
      deed: (before, after) => editedDeed(patch, before, after),
    })
  }

  close(id: string, options: { reason: string; session?: string; force?: boolean }, write: Write): Promise<BeadDetail> {
    return this.#change(`close ${id}`, id, write, {
      run: () => this.#work.close(id, options, write),
      deed: (before, after) => movedDeed(before, after, options.reason),
    })
  }

  reopen(id: string, options: { reason: string }, write: Write): Promise<BeadDetail> {
    return this.#change(`reopen ${id}`, id, write, {
      run: () => this.#work.reopen(id, options, write),
      deed: (before, after) => movedDeed(before, after, ''),
    })
  }

  delete(id: string, write: Write): Promise<void> {
    return this.#change(`delete ${id}`, id, write, {
      run: () => this.#work.delete(id, write),
      deed: (before) => deletedDeed(before),
    })
  }

  addDependency(from: string, to: string, kind: string, write: Write): Promise<BeadDetail> {
    return this.#change(`add edge ${from} ${to}`, from, write, {
      run: () => this.#work.addDependency(from, to, kind, write),
      deed: (before, after) => linkedDeed(to, before, after),
    })
  }

  removeDependency(from: string, to: string, write: Write): Promise<BeadDetail> {
    return this.#change(`remove edge ${from} ${to}`, from, write, {
      run: () => this.#work.removeDependency(from, to, write),
      deed: (before, after) => linkedDeed(to, before, after),
    })
  }

  comment(id: string, text: string, write: Write): Promise<Comment> {
    return this.#change(`comment ${id}`, id, write, {
      run: () => this.#work.comment(id, text, write),
      deed: (before) => commentedDeed(before, text),
    })
  }

  /** What the bead was when this write was tried first: a repeat may find it changed already, by its own first try. */
  async #change<T>(
    operation: string,
    id: string,
    write: Write,
    change: { run: () => Promise<T>; deed: (before: BeadDetail, done: T) => BeadDeed | undefined },
  ): Promise<T> {
    const seed = seedOf(operation, write)
    const before = (seed === undefined ? undefined : this.#open.get(seed)) ?? (await this.#before(id))
    const done = await change.run().catch((error: unknown) => {
      if (seed !== undefined && before !== undefined) this.#keep(seed, before, error)
      throw error
    })
    if (seed !== undefined) this.#open.delete(seed)
    await this.#record(operation, before && change.deed(before, done), write)
    return done
  }

  /** A bead that is not there is the write's to refuse, or a repeat's to answer. */
  async #before(id: string): Promise<BeadDetail | undefined> {
    return this.#work.get(id).catch((error: unknown) => {
      if (error instanceof GembaError && error.code === 'bead_not_found') return undefined
      throw error
    })
  }

  /** Only what may be tried again can have happened all the same. */
  #keep(seed: string, before: BeadDetail, error: unknown): void {
    this.#open.delete(seed)
    if (error instanceof GembaError && error.status < 500) return
    const [oldest] = this.#open.keys()
    if (oldest !== undefined && this.#open.size >= mostOpen) this.#open.delete(oldest)
    this.#open.set(seed, before)
  }

  async #record(operation: string, deed: BeadDeed | undefined, write: Write): Promise<void> {
    if (deed === undefined) return
    const key = seedOf(operation, write)
    await this.#manifest.record({ ...deed, actor: write.actor, ...(key === undefined ? {} : { key }) })
  }

  /** What the source says of itself tells whether there is anything to record. */
  async manifest(): Promise<WorkPlaneManifest> {
    const told = await this.#work.manifest()
    this.#manifest.access(told.readOnlyReason)
    return told
  }

  list(): Promise<BeadSummary[]> {
    return this.#work.list()
  }

  digests(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#work.digests(ids)
  }

  summaries(ids: readonly string[]): Promise<BeadSummary[]> {
    return this.#work.summaries(ids)
  }

  get(id: string): Promise<BeadDetail> {
    return this.#work.get(id)
  }

  ready(): Promise<string[]> {
    return this.#work.ready()
  }

  claim(id: string, holder: string, write: Write): Promise<ClaimResult> {
    return this.#work.claim(id, holder, write)
  }

  release(id: string, holder: string, write: Write): Promise<boolean> {
    return this.#work.release(id, holder, write)
  }

  held(): Promise<{ bead: string; session: string; status: string }[]> {
    return this.#work.held()
  }

  cursor(): Promise<string> {
    return this.#work.cursor()
  }

  changes(cursor: string): Promise<WorkChange | null> {
    return this.#work.changes(cursor)
  }

  disconnect(): Promise<void> {
    return this.#work.disconnect()
  }
}

function seedOf(operation: string, write: Write): string | undefined {
  return write.key === undefined ? undefined : `${write.key} ${operation}`
}
