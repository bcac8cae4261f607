import { randomUUID } from 'node:crypto'
import { isWork, stateOf } from '../../model/bead.ts'
import type { BeadDetail, BeadPatch, BeadSummary, Comment, NewBead } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { ClaimResult, WorkChange, WorkPlane, WorkPlaneManifest, Write } from '../../model/work-plane.ts'
import { defined } from './defined.ts'
import { at, emptyBead } from './samples.ts'

/** In memory, for the unit tests of this folder only; the real work plane stands behind the API in the end-to-end suites. */
export class MemoryWorkPlane implements WorkPlane {
  readonly beads = new Map<string, BeadDetail>()
  /** How many writes took effect. */
  writes = 0
  /** Thrown by the next write. */
  failure: Error | undefined
  /** Awaited by every write before it takes effect. */
  before: () => Promise<void> = async () => {}

  put(id: string, fields: Partial<BeadDetail> = {}): BeadDetail {
    const status = fields.status ?? 'open'
    const bead: BeadDetail = { ...emptyBead(id), ...fields, state: stateOf(status, fields.labels ?? []) }
    this.beads.set(id, bead)
    return bead
  }

  async manifest(): Promise<WorkPlaneManifest> {
    return {
      adaptor: 'memory',
      display: 'Memory',
      schemaVersion: 1,
      prefix: 'gm',
      readOnly: false,
      readOnlyReason: null,
      watch: 'none',
      compareAndSet: true,
      concurrentChildren: true,
      statuses: ['open', 'closed'],
      types: ['task'],
    }
  }

  async list(): Promise<BeadSummary[]> {
    return [...this.beads.values()]
  }

  async summaries(ids: readonly string[]): Promise<BeadSummary[]> {
    return [...this.beads.values()].filter((bead) => ids.includes(bead.id))
  }

  async digests(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(ids.flatMap((id) => [[id, this.beads.get(id)?.etag ?? '']]))
  }

  async get(id: string): Promise<BeadDetail> {
    const bead = this.beads.get(id)
    if (bead === undefined) throw new GembaError('bead_not_found', { bead: id })
    return bead
  }

  async ready(): Promise<string[]> {
    return [...this.beads.values()].filter((bead) => bead.status === 'open' && isWork(bead.type)).map((bead) => bead.id)
  }

  async create({ id = `gm-${randomUUID().slice(0, 4)}`, ...bead }: NewBead, write: Write): Promise<BeadDetail> {
    await this.#begin(write)
    if (this.beads.has(id)) throw new GembaError('bead_exists', { bead: id })
    return this.put(id, defined({ title: bead.title, priority: bead.priority, labels: bead.labels }))
  }

  async update(id: string, patch: BeadPatch, write: Write): Promise<BeadDetail> {
    const { title, status, priority, assignee } = patch
    return this.#change(id, write, defined({ title, status, priority, assignee }))
  }

  async close(id: string, options: { reason: string }, write: Write): Promise<BeadDetail> {
    return this.#change(id, write, { status: 'closed', closeReason: options.reason })
  }

  async reopen(id: string, _: { reason: string }, write: Write): Promise<BeadDetail> {
    return this.#change(id, write, { status: 'open' })
  }

  async delete(id: string, write: Write): Promise<void> {
    await this.#change(id, write, {})
    this.beads.delete(id)
  }

  async addDependency(from: string, to: string, kind: string, write: Write): Promise<BeadDetail> {
    const { dependencies } = await this.get(from)
    return this.#change(from, write, { dependencies: [...dependencies, { from, to, kind }] })
  }

  async removeDependency(from: string, to: string, write: Write): Promise<BeadDetail> {
    const { dependencies } = await this.get(from)
    return this.#change(from, write, { dependencies: dependencies.filter((edge) => edge.to !== to) })
  }

  async comment(id: string, text: string, write: Write): Promise<Comment> {
    const { comments } = await this.get(id)
    const comment = { id: write.key ?? randomUUID(), author: write.actor.name, text, createdAt: at }
    await this.#change(id, write, { comments: [...comments, comment] })
    return comment
  }

  async claim(id: string, holder: string, write: Write): Promise<ClaimResult> {
    return { claimed: true, bead: await this.#change(id, write, { assignee: holder, status: 'in_progress' }) }
  }

  async release(id: string, _: string, write: Write): Promise<boolean> {
    await this.#change(id, write, { assignee: null, status: 'open' })
    return true
  }

  async held(): Promise<{ bead: string; session: string; status: string }[]> {
    return []
  }

  async cursor(): Promise<string> {
    return String(this.writes)
  }

  async changes(): Promise<WorkChange | null> {
    return null
  }

  async disconnect(): Promise<void> {}

  async #begin(write: Write, id?: string): Promise<void> {
    await this.before()
    const failure = this.failure
    this.failure = undefined
    if (failure !== undefined) throw failure
    if (id !== undefined && write.ifMatch !== undefined && (await this.get(id)).etag !== write.ifMatch) {
      throw new GembaError('bead_changed', { bead: id })
    }
    this.writes++
  }

  async #change(id: string, write: Write, fields: Partial<BeadDetail>): Promise<BeadDetail> {
    await this.#begin(write, id)
    return this.put(id, { ...(await this.get(id)), ...fields, etag: `${id}-${this.writes}` })
  }
}
