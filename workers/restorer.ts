import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import type { DispatchConfig } from '../model/dispatch.ts'
import type { EscalationView } from '../model/escalation.ts'
import type { EventBody, Snapshot } from '../model/event.ts'
import { localHosts, type HostView } from '../model/host.ts'
import type { Project } from '../model/project.ts'
import type { OpenRecord } from '../model/reconcile.ts'
import type { SessionView } from '../model/session.ts'
import type { Store } from '../store/store.ts'
import type { DispatchState } from '../temporal/contracts/dispatch.ts'
import { escalationWorkflowId, type EscalationState } from '../temporal/contracts/escalation.ts'
import { hostWorkflowId, type HostState } from '../temporal/contracts/host.ts'
import { publishedUpTo } from '../temporal/contracts/publishing.ts'
import { sessionWorkflowId, type SessionState } from '../temporal/contracts/session.ts'
import type { Processes } from '../temporal/processes.ts'
import { restoredDispatch, restoredEscalation, restoredHost, restoredSession, seatOf } from '../temporal/restored.ts'

export interface RestorerDeps {
  readonly project: DispatchConfig & Pick<Project, 'id'>
  readonly store: Pick<Store, 'snapshot' | 'snapshots' | 'publish'>
  readonly logger: Pick<Logger, 'warn'>
  /** The id of the server's own host; on a Temporal that is shared it is another one. */
  readonly localHost: string
  /** Makes Temporal's namespace what Gemba needs, should it be new. */
  readonly prepare: () => Promise<void>
}

export interface Restorer {
  /** Makes sure that there is a dispatcher; where there is none, everything that was recorded as open goes on. Repeat-safe. */
  begin(processes: Processes): Promise<void>
  /** Lets something that is recorded as open go on, or closes its record when it was ended in Temporal. */
  mend(processes: Processes, record: OpenRecord): Promise<void>
}

/**
 * Restart from snapshot (design, "Event log"): when Temporal's file was lost or replaced, or the project moved to another
 * Temporal, what was under way goes on from what it has published last.
 */
export function openRestorer({ project, store, logger, localHost, prepare }: RestorerDeps): Restorer {
  /** The id that a host has now. */
  const hostId = (host: string): string => (localHosts(project.id).includes(host) ? localHost : host)

  async function begin(processes: Processes): Promise<void> {
    await forgetOtherHost()
    if ((await processes.standing(processes.dispatcher)) === 'running') return processes.configure(project)
    await prepare()
    const [dispatch, hosts, sessions, escalations] = await Promise.all([
      store.snapshot('dispatch', project.id),
      allOpen('host'),
      allOpen('session'),
      allOpen('escalation'),
    ])
    const now = Date.now()
    const known = restoredDispatch(
      dispatch === undefined
        ? undefined
        : { state: dispatch.state as DispatchState | null, revision: dispatch.revision },
      sessions.flatMap(({ state }) => (state === null ? [] : [atHost(state as SessionState)])),
      hosts.map(({ view }) => view as HostView),
      now,
    )
    await processes.configure(project, known)
    const all = [...hosts, ...sessions, ...escalations]
    if (all.length === 0) return
    logger.warn({ sessions: sessions.length, questions: escalations.length }, 'Temporal has no record: all goes on')
    for (const snapshot of all) await bringBack(processes, snapshot)
  }

  /** On another kind of Temporal the server's own host had another id: nobody will ever hear that one again. */
  async function forgetOtherHost(): Promise<void> {
    const other = localHosts(project.id).find((id) => id !== localHost)
    const record = other === undefined ? undefined : await store.snapshot('host', other)
    if (record?.open === true) await closeRecord(record)
  }

  async function allOpen(kind: Snapshot['kind']): Promise<Snapshot[]> {
    const found: Snapshot[] = []
    let cursor: string | null | undefined
    while (cursor !== null) {
      const page = await store.snapshots({
        kind,
        project: project.id,
        open: true,
        limit: 1_000,
        ...(cursor && { cursor }),
      })
      found.push(...page.items)
      cursor = page.cursor
    }
    return found
  }

  async function goOn(processes: Processes, snapshot: Snapshot): Promise<void> {
    const { kind, revision, state } = snapshot
    if (state === null) return closeRecord(snapshot)
    if (kind === 'session') {
      const session = await sessionOf(atHost(state as SessionState), revision)
      await processes.goOn(session)
      return processes.takeSeat(seatOf(session))
    }
    const now = Date.now()
    if (kind === 'escalation') {
      return processes.goOn(restoredEscalation({ state: state as EscalationState, revision }, hostId, now))
    }
    return processes.goOn(restoredHost({ state: state as HostState, revision }, now))
  }

  function atHost(state: SessionState): SessionState {
    return { ...state, view: { ...state.view, host: hostId(state.view.host) } }
  }

  async function sessionOf(state: SessionState, revision: number): Promise<SessionState> {
    const { id, host } = state.view
    const escalation = (ref: number) => store.snapshot('escalation', escalationWorkflowId(project.id, id, String(ref)))
    const open = new Set<string>()
    let raised = 0
    for (let next = await escalation(1); next !== undefined; next = await escalation(raised + 1)) {
      raised += 1
      if (next.open) open.add(next.id)
    }
    const view = (await store.snapshot('host', host))?.view as HostView | undefined
    const around = { isOpen: (question: string) => open.has(question), raised, host: view, now: Date.now() }
    return restoredSession({ state, revision }, around)
  }

  async function mend(processes: Processes, record: OpenRecord): Promise<void> {
    const { kind, id } = record
    const snapshot = await store.snapshot(kind, id)
    if (snapshot?.open === true) await bringBack(processes, snapshot)
  }

  async function bringBack(processes: Processes, snapshot: Snapshot): Promise<void> {
    const standing = await processes.standing(workflowIdOf(project.id, snapshot))
    if (standing === 'running') return
    // A question that was ended in Temporal still waits for its answer; a session that was ended is over.
    if (standing === 'closed' && snapshot.kind === 'session') return closeRecord(snapshot)
    return goOn(processes, snapshot)
  }

  async function closeRecord(snapshot: Snapshot): Promise<void> {
    const at = new Date().toISOString()
    const revision = publishedUpTo(snapshot.revision, Date.now()).revision
    const closed = closedRecord(snapshot, at)
    if (closed === undefined) return
    const event = { source: `record/${snapshot.kind}/${snapshot.id}`, sourceRevision: revision, at, actor: system }
    await store.publish({
      events: [{ ...event, body: closed.body }],
      snapshot: { ...snapshot, revision, open: false, view: closed.view },
    })
  }

  return { begin, mend }
}

function workflowIdOf(project: string, { kind, id }: Snapshot): string {
  if (kind === 'session') return sessionWorkflowId(project, id)
  return kind === 'host' ? hostWorkflowId(id) : id
}

/** What is said of something that was ended in Temporal, or whose state is lost; undefined for what never ends. */
function closedRecord(
  { kind, view }: Snapshot,
  at: string,
): { readonly view: SessionView | EscalationView | HostView; readonly body: EventBody } | undefined {
  if (kind === 'host') {
    const host = { ...(view as HostView), status: 'revoked' } as const
    return { view: host, body: { kind: 'host.changed', host } }
  }
  if (kind === 'session') {
    const note = 'Its workflow was ended in Temporal.'
    const after = { ...(view as SessionView), openEscalations: [], waitsForHost: false, note, endedAt: at }
    const session = { ...after, status: 'failed', closeReason: 'transport_error' } as const
    return { view: session, body: { kind: 'session.changed', session } }
  }
  if (kind === 'escalation') {
    const escalation = { ...(view as EscalationView), state: 'moot', note: 'It was lost.' } as const
    return { view: escalation, body: { kind: 'escalation.changed', escalation } }
  }
  return undefined
}
