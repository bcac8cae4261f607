/**
 * In-memory stand-ins for the parts around the API, for the unit tests of this folder only. The real store, work plane
 * and commands stand behind the API in the end-to-end suites.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { Value } from 'typebox/value'
import { holderOf, isWork, stateOf } from '../model/bead.ts'
import type { BeadDetail, BeadPatch, BeadSummary, Comment, NewBead } from '../model/bead.ts'
import type { Board, BoardChange, Health } from '../model/board.ts'
import { judgeDisk, type DiskState } from '../model/disk.ts'
import { GembaError } from '../model/error.ts'
import type { EscalationView } from '../model/escalation.ts'
import type { GembaEvent, NewEvent, Publication, Snapshot } from '../model/event.ts'
import { emptyDigest } from '../model/fact.ts'
import type { Project } from '../model/project.ts'
import type { SessionView } from '../model/session.ts'
import { beadSummary as summary } from '../model/schema/bead.ts'
import { defaultTiming } from '../model/timing.ts'
import type { ClaimResult, WorkChange, WorkPlane, WorkPlaneManifest, Write } from '../model/work-plane.ts'
import type { NonceBegin, NonceBinding, Store, StoredAnswer, StoredSignIn } from '../store/store.ts'
import type { Commands } from '../temporal/commands.ts'
import type { DispatchResult } from '../temporal/contracts/dispatch.ts'
import type { ApiDeps, DiskView } from './api-deps.ts'
import { createApi } from './create-api.ts'
import type { EventStreamLimits } from './event-streams.ts'
import { HostHub } from './host-hub.ts'

const at = '2026-11-20T12:00:00.000Z'

interface MemoryNonce {
  readonly binding: NonceBinding
  running: boolean
  answer: StoredAnswer | undefined
}

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

  async publish({ events, snapshot }: Publication): Promise<GembaEvent[]> {
    this.put(snapshot)
    return this.append(events)
  }

  put(snapshot: Snapshot): void {
    this.#snapshots.set(`${snapshot.kind} ${snapshot.id}`, snapshot)
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
    if (row !== undefined) row.answer = answer
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

export class MemoryBoard implements Board {
  refreshes = 0
  #beads: readonly BeadSummary[] = []
  readonly #work: MemoryWorkPlane

  constructor(work: MemoryWorkPlane) {
    this.#work = work
  }

  all(): readonly BeadSummary[] {
    return this.#beads
  }

  get(id: string): BeadSummary | undefined {
    return this.#beads.find((bead) => bead.id === id)
  }

  async refresh(): Promise<void> {
    this.refreshes++
    const revision = this.refreshes
    this.#beads = [...this.#work.beads.values()].map(
      (bead) => Value.Clean(summary, { ...bead, revision }) as BeadSummary,
    )
  }

  onChange(_: (change: BoardChange) => void): () => void {
    return () => undefined
  }

  health(): Health {
    return { healthy: true, why: '', since: at }
  }

  onHealth(_: (health: Health) => void): () => void {
    return () => undefined
  }

  async close(): Promise<void> {}
}

/** A disk whose room a test sets. */
export class FakeDisk implements DiskView {
  state = judgeDisk([{ folder: '/data', free: 1e12, files: null }], 5e8, 'ok')
  readonly #listeners = new Set<(state: DiskState) => void>()

  onChange(listener: (state: DiskState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  has(free: number): void {
    this.state = judgeDisk([{ folder: '/data', free, files: null }], 5e8, this.state.status)
    for (const listener of this.#listeners) listener(this.state)
  }
}

export class MemoryCommands implements Commands {
  readonly calls: { readonly command: string; readonly request: unknown }[] = []
  refusals = new Map<string, GembaError>()
  answered: EscalationView | undefined

  async dispatch(request: Parameters<Commands['dispatch']>[0]): Promise<DispatchResult[]> {
    this.#called('dispatch', request)
    return request.items.map(({ bead }) => {
      const refusal = this.refusals.get(bead)
      return refusal === undefined
        ? { bead, admitted: true, session: `s-${bead}` }
        : { bead, admitted: false, code: refusal.code, params: refusal.params }
    })
  }

  async unpark(request: Parameters<Commands['unpark']>[0]): Promise<void> {
    this.#called('unpark', request)
  }

  async say(request: Parameters<Commands['say']>[0]): Promise<void> {
    this.#called('say', request)
  }

  async end(request: Parameters<Commands['end']>[0]): Promise<void> {
    this.#called('end', request)
  }

  async answer(request: Parameters<Commands['answer']>[0]): Promise<EscalationView> {
    this.#called('answer', request)
    if (this.answered === undefined) throw new GembaError('escalation_not_found', { escalation: request.escalation })
    return this.answered
  }

  #called(command: string, request: unknown): void {
    this.calls.push({ command, request })
  }
}

export const origin = 'http://127.0.0.1:7666'
export const token = 'a-local-token'
export const hostToken = 'a-host-token'

/** The headers of a browser that has signed in. */
export type TestBrowser = Readonly<Record<'cookie' | 'origin' | 'x-gemba-browser', string>>

export interface TestApi {
  readonly app: FastifyInstance
  readonly deps: ApiDeps
  readonly store: MemoryStore
  readonly work: MemoryWorkPlane
  readonly board: MemoryBoard
  readonly commands: MemoryCommands
  readonly hub: HostHub
  readonly disk: FakeDisk
  /** As a program with the token. */
  call(options: InjectOptions): Promise<LightMyRequestResponse>
  /** A browser that signs in; `cookie` is what it has already. */
  browser(cookie?: string): Promise<TestBrowser>
  /** The query with a ticket of this browser for an address below `/api/v1`. */
  ticket(browser: TestBrowser, path: string): Promise<string>
  /** The nonce for a change, as the same program. */
  nonce(method: string, path: string, body?: unknown, ifMatch?: string): Promise<string>
  /** A change with its nonce. */
  change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<LightMyRequestResponse>
}

export async function testApi(
  overrides: Partial<ApiDeps> = {},
  limits: Partial<EventStreamLimits> = {},
): Promise<TestApi> {
  const store = new MemoryStore()
  const work = new MemoryWorkPlane()
  const board = new MemoryBoard(work)
  const commands = new MemoryCommands()
  const hub = new HostHub()
  const disk = new FakeDisk()
  const deps: ApiDeps = {
    project,
    version: '0.0.0',
    person: 'ada',
    work,
    board,
    store,
    commands,
    hub,
    orchestration: null,
    auth: { mode: 'token', token, hostToken },
    origins: [origin],
    webFolder: null,
    temporalUi: null,
    disk,
    health: () => ({ store: { ok: true, why: '' } }),
    logger: pino({ level: 'silent' }),
    ...overrides,
  }
  const app = await createApi(deps, limits)
  const parts = { app, deps, store, work, board, commands, hub, disk }
  return { ...parts, ...callsOf(app) }
}

function callsOf(app: FastifyInstance): Pick<TestApi, 'call' | 'browser' | 'ticket' | 'nonce' | 'change'> {
  const call: TestApi['call'] = ({ headers, ...options }) =>
    app.inject({ ...options, headers: { host: new URL(origin).host, authorization: `Bearer ${token}`, ...headers } })
  const post = (url: string, headers: Record<string, string>, payload: object) =>
    app.inject({ method: 'POST', url, headers: { host: new URL(origin).host, ...headers }, payload })
  const browser: TestApi['browser'] = async (had = '') => {
    const answer = await post('/api/v1/login', { origin, cookie: had }, { token })
    const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
    return { cookie, origin, 'x-gemba-browser': answer.json<{ secret: string }>().secret }
  }
  const ticket: TestApi['ticket'] = async (from, path) => {
    const answer = await post('/api/v1/tickets', { ...from }, { path: `/api/v1${path}` })
    return `?ticket=${answer.json<{ ticket: string }>().ticket}`
  }
  const nonce: TestApi['nonce'] = async (method, path, body, ifMatch) => {
    const payload = defined({ method, path, body, ifMatch })
    return (await call({ method: 'POST', url: '/api/v1/nonces', payload })).json<{ nonce: string }>().nonce
  }
  const change: TestApi['change'] = async (method, path, body) => {
    const headers = { 'x-gemba-confirm': await nonce(method, path, body) }
    return call({ method, url: path, headers, ...(body === undefined ? {} : { payload: body as object }) })
  }
  return { call, browser, ticket, nonce, change }
}

const project: Project = {
  id: 'example',
  name: 'Example',
  prefix: 'gm',
  repositories: [{ id: 'main', base: 'main', integration: 'merge', prefixes: ['gm'] }],
  agents: [],
  defaultAgent: 'scripted',
  maxSessions: 3,
  timing: defaultTiming,
}

function emptyBead(id: string): BeadDetail {
  return {
    id,
    title: id,
    status: 'open',
    state: 'unstarted',
    priority: 2,
    type: 'task',
    assignee: null,
    labels: [],
    parent: null,
    blockedBy: [],
    blocks: [],
    ready: true,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    deferUntil: null,
    commentCount: 0,
    revision: 0,
    description: '',
    design: '',
    acceptance: '',
    notes: '',
    owner: '',
    createdBy: '',
    closeReason: '',
    externalRef: null,
    estimatedMinutes: null,
    dueAt: null,
    startedAt: null,
    metadata: {},
    dependencies: [],
    dependents: [],
    comments: [],
    etag: `${id}-0`,
  }
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** The snapshot of a session on host `local`, holding `bead`. */
export function sessionSnapshot(id: string, bead: string, open = true, revision = 1): Snapshot {
  const view: SessionView = {
    id,
    project: project.id,
    bead,
    beadTitle: bead,
    repository: 'main',
    host: 'local',
    agent: 'scripted',
    status: open ? 'working' : 'completed',
    note: '',
    waitsForHost: false,
    closeReason: open ? null : 'bead_done',
    fence: 1,
    branch: `bead/${bead}`,
    worktree: null,
    startedBy: { name: 'ada', via: 'console' },
    startedAt: at,
    endedAt: open ? null : at,
    digest: emptyDigest,
    openEscalations: [],
    integratedAs: null,
  }
  return { kind: 'session', id, project: project.id, schema: 1, revision, open, view, state: null }
}

export function escalationSnapshot(id: string, open = true, revision = 1): Snapshot {
  const view: EscalationView = {
    id,
    project: project.id,
    source: 'question',
    urgency: 'blocking',
    session: 's1',
    bead: 'gm-1',
    host: 'local',
    title: 'Which?',
    text: '',
    options: [],
    freeText: true,
    createdAt: at,
    state: open ? 'open' : 'decided',
    decision: null,
    note: '',
  }
  return { kind: 'escalation', id, project: project.id, schema: 1, revision, open, view, state: null }
}

export function releasedEvent(revision: number): NewEvent {
  return {
    source: 'test',
    sourceRevision: revision,
    at,
    actor: { name: 'gemba', via: 'system' },
    body: { kind: 'bead.released', bead: `gm-${revision}`, session: holderOf('s1'), why: '' },
  }
}

export function changedEvent(session: string, revision: number): NewEvent {
  const view = sessionSnapshot(session, 'gm-1').view as SessionView
  return {
    source: `session/example/${session}`,
    sourceRevision: revision,
    at,
    actor: { name: 'ada', via: 'console' },
    body: { kind: 'session.changed', session: view },
  }
}
