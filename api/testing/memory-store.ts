import { randomUUID } from 'node:crypto'
import type { GembaEvent, NewEvent, Publication, Snapshot } from '../../model/event.ts'
import { keptAnswer } from '../../store/nonces.ts'
import type { NonceBegin, NonceBinding, Published, Store, StoredAnswer, StoredSignIn } from '../../store/store.ts'

interface MemoryNonce {
  readonly binding: NonceBinding
  running: boolean
  answer: StoredAnswer | undefined
}
/** In memory, for the unit tests of this folder only; the real store stands behind the API in the end-to-end suites. */
export class MemoryStore implements Store {
  readonly epoch: string
  readonly log: GembaEvent[] = []
  readonly audits: Parameters<Store['audit']>[0][] = []
  readonly signedIn = new Map<string, StoredSignIn>()
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #nonces = new Map<string, MemoryNonce>()
  readonly #listeners = new Set<(events: readonly GembaEvent[]) => void>()
  #dropped = 0

  constructor(epoch = 'e1') {
    this.epoch = epoch
  }

  get listeners(): number {
    return this.#listeners.size
  }

  async publish({ events, snapshot }: Publication): Promise<Published> {
    this.put(snapshot)
    return { events: await this.append(events), recorded: snapshot.revision }
  }

  put(snapshot: Snapshot): void {
    this.#snapshots.set(`${snapshot.kind} ${snapshot.id}`, snapshot)
  }

  tell(events: readonly NewEvent[]): Promise<GembaEvent[]> {
    return this.append(events)
  }

  toldBeads(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map())
  }

  async append(events: readonly NewEvent[]): Promise<GembaEvent[]> {
    const from = (await this.lastEvent()) + 1
    const added = events.map((event, index) => ({ ...event, number: from + index }))
    this.log.push(...added)
    for (const listener of this.#listeners) listener(added)
    return added
  }

  async events({ after, limit }: { after: number; limit: number }): Promise<GembaEvent[]> {
    return this.log.filter((event) => event.number > after).slice(0, limit)
  }

  async sessionEvents({ session, limit, cursor }: Parameters<Store['sessionEvents']>[0]) {
    const about = ({ body }: GembaEvent): boolean =>
      (body.kind === 'session.changed' && body.session.id === session) ||
      (body.kind === 'escalation.changed' && body.escalation.session === session)
    const older = this.log.filter((event) => about(event) && event.number < Number(cursor ?? Infinity))
    const items = older.slice(-limit)
    return { items, cursor: items.length < older.length ? String(items[0]?.number) : null }
  }

  async lastEvent(): Promise<number> {
    return this.log.at(-1)?.number ?? this.#dropped
  }

  onEvents(listener: (events: readonly GembaEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async snapshots(query: Parameters<Store['snapshots']>[0]): Promise<{ items: Snapshot[]; cursor: string | null }> {
    const all = [...this.#snapshots.values()]
      .filter((one) => one.kind === query.kind && one.project === query.project)
      .filter((one) => query.open === undefined || one.open === query.open)
      .sort((a, b) => b.revision - a.revision)
    const from = query.cursor === undefined ? 0 : all.findIndex((one) => one.id === query.cursor) + 1
    const items = all.slice(from, from + query.limit)
    return { items, cursor: from + items.length < all.length ? (items.at(-1)?.id ?? null) : null }
  }

  async snapshot(kind: Snapshot['kind'], id: string): Promise<Snapshot | undefined> {
    return this.#snapshots.get(`${kind} ${id}`)
  }

  async issueNonce(binding: NonceBinding, ttlMs: number): Promise<{ nonce: string; expiresAt: string }> {
    const nonce = randomUUID()
    this.#nonces.set(nonce, { binding, running: false, answer: undefined })
    return { nonce, expiresAt: new Date(Date.now() + ttlMs).toISOString() }
  }

  async beginNonce(nonce: string, binding: NonceBinding): Promise<NonceBegin> {
    const row = this.#nonces.get(nonce)
    if (row === undefined) return { outcome: 'unknown' }
    if (JSON.stringify(row.binding) !== JSON.stringify(binding)) return { outcome: 'mismatch' }
    if (row.answer !== undefined) return { outcome: 'done', answer: row.answer }
    if (row.running) return { outcome: 'busy' }
    row.running = true
    return { outcome: 'begun' }
  }

  async finishNonce(nonce: string, answer: StoredAnswer): Promise<void> {
    const row = this.#nonces.get(nonce)
    if (row !== undefined) row.answer = keptAnswer(answer)
  }

  async abandonNonce(nonce: string): Promise<void> {
    const row = this.#nonces.get(nonce)
    if (row !== undefined) row.running = false
  }

  async signIns(): Promise<StoredSignIn[]> {
    return [...this.signedIn.values()].sort((a, b) => a.usedAt - b.usedAt)
  }

  async addSignIn(signIn: StoredSignIn): Promise<void> {
    this.signedIn.set(signIn.id, signIn)
  }

  async noteSignIn(id: string, usedAt: number): Promise<void> {
    const signIn = this.signedIn.get(id)
    if (signIn !== undefined) this.signedIn.set(id, { ...signIn, usedAt })
  }

  async deleteSignIn(id: string): Promise<void> {
    this.signedIn.delete(id)
  }

  async audit(entry: Parameters<Store['audit']>[0]): Promise<void> {
    this.audits.push(entry)
  }

  async sweep({ keepEvents }: { keepEvents: number }): Promise<void> {
    this.#dropped = await this.lastEvent()
    this.log.splice(0, Math.max(0, this.log.length - keepEvents))
  }

  async close(): Promise<void> {}
}
