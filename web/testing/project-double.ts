import type { IncomingMessage } from 'node:http'
import type { BeadDetail, BeadEvent, BeadPatch, BeadSummary, Edge } from '../../model/bead.ts'
import { tableOf } from '../../model/board-table.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { EventBody, GembaEvent } from '../../model/event.ts'
import { profileOf, type CapabilityProfile, type ModeStatus, type SourceKind } from '../../model/mode.ts'
import type { ManifestEntry, ManifestPage, ManifestState, ManifestWarning } from '../../model/manifest.ts'
import type { SessionView } from '../../model/session.ts'
import { patched } from '../src/domain/move.ts'
import { isAbout } from '../src/domain/session-events.ts'
import { ok, type Answer } from './answers.ts'
import { ImportDouble } from './import-double.ts'
import { capabilities, detailOf, modeStatus } from './sample-details.ts'
import {
  makeBead,
  makeEvent,
  makeSession,
  sampleBeads,
  sampleEscalations,
  sampleEvents,
  sampleHosts,
  sampleSessions,
} from './sample.ts'
import { TextsDouble } from './texts-double.ts'

/** A request below `/api/v1` of somebody who may ask. */
export interface Call {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
}

/** A session manifest: entries newest first. */
export interface ManifestDouble {
  readonly items: readonly ManifestEntry[]
  readonly warnings: readonly ManifestWarning[]
  readonly state: ManifestState
}

function pageOf({ items, warnings, state }: ManifestDouble, query: URLSearchParams): ManifestPage & ManifestDouble {
  const from = Number(query.get('cursor') ?? 0)
  const to = from + Number(query.get('limit'))
  const page = items.slice(from, to)
  return { items: page, warnings: from === 0 ? warnings : [], state, cursor: to < items.length ? String(to) : null }
}

/** The sample project over plain objects. Whatever it is told to do it does at once, and tells as an event. */
export class ProjectDouble {
  readonly #beads = new Map(sampleBeads.map((bead) => [bead.id, bead]))
  readonly #sessions = new Map(sampleSessions.map((session) => [session.id, session]))
  readonly #escalations = new Map(sampleEscalations.map((escalation) => [escalation.id, escalation]))
  readonly #hosts = new Map(sampleHosts.map((host) => [host.id, host]))
  readonly #parked = new Map([
    ['lan-17', { bead: 'lan-17', why: 'the agent could not be started three times', since: new Date().toISOString() }],
  ])
  readonly #log = [...sampleEvents]
  readonly #edges = new Map<string, readonly Edge[]>()
  readonly #history = new Map<string, readonly BeadEvent[]>()
  readonly #tell: (event: GembaEvent) => void
  readonly imports = new ImportDouble((id) => this.#beads.has(id))
  readonly #texts = new TextsDouble()
  #mayStart = Promise.resolve()
  #profile = profileOf('full', false)
  #status: Partial<ModeStatus> = {}
  #manifest: ManifestDouble = {
    items: [],
    warnings: [],
    state: { path: '.gemba/session-manifest.jsonl', status: 'ok', why: '', lost: 0 },
  }

  /** `tell` hears of every event from now on. */
  constructor(tell: (event: GembaEvent) => void) {
    this.#tell = tell
  }

  emit(body: EventBody): void {
    const event = makeEvent(this.#log.length + 1, body, { at: new Date().toISOString() })
    this.#log.push(event)
    this.#tell(event)
  }

  /** Puts beads into it, without a word. */
  put(list: readonly BeadSummary[]): void {
    for (const bead of list) this.#beads.set(bead.id, bead)
  }

  /** A bead's past, as the database would tell it; newest first. */
  setHistory(bead: string, items: readonly BeadEvent[]): void {
    this.#history.set(bead, items)
  }

  /** Edges besides those that the summaries tell of. */
  setEdges(bead: string, edges: readonly Edge[]): void {
    this.#edges.set(bead, edges)
  }

  /** What the server offers from now on. */
  offer(profile: CapabilityProfile): void {
    this.#profile = profile
  }

  /** What its status says besides, without a word. */
  putStatus(status: Partial<ModeStatus>): void {
    this.#status = status
  }

  /** As if somebody else had deleted it. */
  delete(id: string): void {
    this.#beads.delete(id)
    this.emit({ kind: 'bead.deleted', bead: id })
  }

  /** What stands in its session manifest, without a word. */
  putManifest(manifest: Partial<ManifestDouble>): void {
    this.#manifest = { ...this.#manifest, ...manifest }
  }

  /** Puts these in the place of all beads, without a word. */
  replace(list: readonly BeadSummary[]): void {
    this.#beads.clear()
    this.put(list)
  }

  /** Makes it one in which nothing was ever written. */
  empty(): void {
    for (const known of [this.#beads, this.#sessions, this.#escalations, this.#hosts, this.#parked]) known.clear()
    this.#log.length = 0
  }

  /** From now on what is told to start does so only when the returned function is called. */
  holdStarts(): () => void {
    const held = Promise.withResolvers<void>()
    this.#mayStart = held.promise
    return held.resolve
  }

  bead(id: string): BeadSummary {
    return needed('bead', id, this.#beads.get(id))
  }

  session(id: string): SessionView {
    return needed('session', id, this.#sessions.get(id))
  }

  escalation(id: string): EscalationView {
    return needed('escalation', id, this.#escalations.get(id))
  }

  /** The answer to a GET; null when there is nothing. */
  read({ path, query }: Call): Answer | null {
    const [noun, id, verb] = path
    if (noun === 'sessions' && id !== undefined && verb === 'events') return this.#historyOf(id, query)
    if (noun === 'beads-import') return this.imports.read(id ?? '', verb, query)
    if (noun === 'beads-history') return ok(pageOf(this.#manifest, query))
    if (noun === 'beads' && id !== undefined) {
      const bead = this.#beads.get(id)
      return bead === undefined ? notFound(id) : ok(verb === 'history' ? this.#pastOf(id) : this.#detail(bead))
    }
    const lists: Readonly<Record<string, unknown>> = {
      capabilities: this.#capabilities(),
      status: this.#modeStatus(),
      board: { ...tableOf([...this.#beads.values()]), event: `e.${this.#log.length}` },
      sessions: { items: [...this.#sessions.values()] },
      escalations: { items: [...this.#escalations.values()] },
      hosts: { items: [...this.#hosts.values()] },
      parked: { items: [...this.#parked.values()] },
    }
    const body = noun === undefined ? undefined : lists[noun]
    return body === undefined ? null : { status: 200, body }
  }

  /** Carries a change out; null when there is nothing to change. */
  change({ method, path, body, headers }: Call): Answer | null {
    const [noun, id = '', verb] = path
    if (noun === 'beads-import') return this.imports.carryOut()
    if (noun === 'dispatch') {
      const [item] = body['items'] as { bead: string; force?: boolean }[]
      return item === undefined ? null : this.#dispatch(item)
    }
    if (noun === 'escalations') {
      const view = this.#escalations.get(id)
      return view === undefined
        ? null
        : ok(this.#answerEscalation(view, String(body['value']), String(body['text'] ?? '')))
    }
    if (noun === 'sessions' && verb === 'end') {
      const session = this.#sessions.get(id)
      if (session === undefined) return null
      this.#setSession({ ...session, status: 'failed', closeReason: 'user_stop', endedAt: new Date().toISOString() })
      this.#setBead({ ...this.bead(session.bead), status: 'open', state: 'unstarted', assignee: null })
      return ok({})
    }
    if (noun === 'sessions') return ok({})
    if (noun === 'status') return this.#repair(id, body)
    if (noun !== 'beads') return null
    if (id === '') return ok(this.#create(body))
    if (!this.#beads.has(id)) return notFound(id)
    if (verb === 'dependencies') return this.#changeEdge(method, id, path[3] ?? '', String(body['kind']))
    if (method === 'DELETE') {
      this.delete(id)
      return { status: 204, body: null }
    }
    if (verb === 'unpark') {
      this.#parked.delete(id)
      this.emit({ kind: 'bead.unparked', bead: id })
      return ok({})
    }
    if (verb === 'comments') {
      this.#texts.comment(id, String(body['text']))
      return ok(this.#setBead({ ...this.bead(id), commentCount: this.bead(id).commentCount + 1 }))
    }
    if (method !== 'PATCH' && verb !== 'close' && verb !== 'reopen') return ok(this.#detail(this.bead(id)))
    const match = headers['if-match']
    if (match !== undefined && match !== `"${this.#detail(this.bead(id)).etag}"`) {
      const detail = `Bead ${id} was changed meanwhile.`
      return {
        status: 412,
        body: { code: 'bead_changed', detail, mend: 'Read it again, compare, and repeat the change.' },
      }
    }
    if (method === 'PATCH') this.#texts.write(id, body as BeadPatch)
    return ok(this.#setBead(changed(this.bead(id), verb, body)))
  }

  /** The repairs of the status. */
  #repair(what: string, body: Record<string, unknown>): Answer {
    if (what === 'remote') {
      const [name, display] = [String(body['name']), String(body['url'])]
      this.putStatus({ ...this.#status, remote: { configured: true, name, display, reachable: 'yes', why: '' } })
    }
    if (what === 'source') {
      const { kind, url, folder } = body as { kind: SourceKind; url?: string; folder?: string }
      this.putStatus({ ...this.#status, source: { kind, display: url ?? folder ?? '', readonly: false } })
    }
    return ok(this.#modeStatus())
  }

  #capabilities(): object {
    const { source, read_only_reason: readOnlyReason, health } = this.#modeStatus()
    const workPlane = { ...health, readOnly: source?.readonly === true, readOnlyReason }
    return { ...capabilities(), mode: this.#profile.mode, profile: this.#profile, workPlane }
  }

  #modeStatus(): ModeStatus {
    return { ...modeStatus(this.#profile), ...this.#status }
  }

  #create(body: Record<string, unknown>): BeadDetail {
    const {
      id = `lan-${100 + this.#beads.size}`,
      title,
      type,
      parent = null,
      labels = [],
    } = body as Partial<BeadSummary>
    const bead = makeBead(id, String(title), { revision: 0, type: String(type), parent, labels })
    return this.#setBead(bead)
  }

  #detail(bead: BeadSummary): BeadDetail {
    const edges = [...this.#edges.values()].flat()
    const detail = this.#texts.of(detailOf(bead))
    return {
      ...detail,
      dependencies: [...detail.dependencies, ...edges.filter(({ from }) => from === bead.id)],
      dependents: [...detail.dependents, ...edges.filter(({ to }) => to === bead.id)],
    }
  }

  #pastOf(id: string): unknown {
    const { createdAt: at } = this.bead(id)
    const created = { id: `${id}-created`, at, actor: 'mira', kind: 'created', changes: [], text: '' }
    return { items: this.#history.get(id) ?? [created], more: false, recorded: true }
  }

  #changeEdge(method: string, from: string, to: string, kind: string): Answer {
    const others = (this.#edges.get(from) ?? []).filter((edge) => edge.to !== to)
    if (method === 'PUT' && !this.#beads.has(to)) return notFound(to)
    this.#edges.set(from, method === 'PUT' ? [...others, { from, to, kind }] : others)
    const bead = this.bead(from)
    const blockedBy = bead.blockedBy.filter((blocker) => blocker !== to)
    return ok(this.#setBead({ ...bead, blockedBy }))
  }

  #historyOf(session: string, query: URLSearchParams): Answer {
    const before = Number(query.get('cursor') ?? Infinity)
    const about = this.#log.filter((event) => isAbout(session, event) && event.number < before)
    const items = about.slice(-Number(query.get('limit')))
    return ok({ items, cursor: items.length < about.length ? String(items[0]?.number) : null })
  }

  #setBead(bead: BeadSummary): BeadDetail {
    const next = { ...bead, revision: bead.revision + 1 }
    this.#beads.set(next.id, next)
    this.emit({ kind: 'bead.changed', bead: next })
    return this.#detail(next)
  }

  #setSession(session: SessionView): void {
    this.#sessions.set(session.id, session)
    this.emit({ kind: 'session.changed', session })
  }

  /** The console starts one bead at a time: what is refused answers with its problem. */
  #dispatch(item: { bead: string; force?: boolean }): Answer {
    const bead = this.bead(item.bead)
    if (bead.blockedBy.length > 0 && item.force !== true) {
      const detail = `Bead ${bead.id} is blocked by ${bead.blockedBy.join(', ')}.`
      const mend = 'Finish the blockers first, or start it anyway.'
      return { status: 409, body: { code: 'bead_blocked', detail, mend } }
    }
    const session = `n${this.#sessions.size}`
    void this.#mayStart.then(() => {
      this.#setSession(
        makeSession(session, bead.id, bead.title, { status: 'initializing', note: 'starting the agent' }),
      )
      this.#setBead({ ...this.bead(bead.id), status: 'in_progress', state: 'started', assignee: `gemba/${session}` })
    })
    return ok({ results: [{ bead: bead.id, admitted: true, session }] })
  }

  #answerEscalation(view: EscalationView, value: string, text: string): EscalationView {
    const decided: EscalationView = {
      ...view,
      state: 'decided',
      decision: { value, text, by: 'mira', via: 'console', at: new Date().toISOString() },
    }
    this.#escalations.set(view.id, decided)
    this.emit({ kind: 'escalation.changed', escalation: decided })
    return decided
  }
}

function changed(bead: BeadSummary, verb: string | undefined, body: Record<string, unknown>): BeadSummary {
  if (verb === 'close') return { ...bead, status: 'closed', state: 'completed', closedAt: new Date().toISOString() }
  if (verb !== 'reopen') return patched(bead, body as BeadPatch)
  return { ...patched(bead, { status: 'open', deferUntil: null }), closedAt: null }
}

function notFound(id: string): Answer {
  const mend = 'Check the id; it may have been deleted by someone else.'
  return { status: 404, body: { code: 'bead_not_found', detail: `There is no bead ${id}.`, mend } }
}

function needed<Thing>(kind: string, id: string, thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error(`no ${kind} ${id}`)
  return thing
}
