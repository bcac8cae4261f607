import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import { holderOf } from '../model/bead.ts'
import type { EscalationRequest, EscalationView } from '../model/escalation.ts'
import type { Announcement, HostView } from '../model/host.ts'
import {
  reconcile,
  sightingGap,
  type HostPane,
  type OpenSession,
  type ReconcileAction,
  type ReconcileInput,
  type Sightings,
  type StrayQuestion,
} from '../model/reconcile.ts'
import type { Project } from '../model/project.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import type { Store } from '../store/store.ts'
import { escalationNumber, escalationWorkflowId, type EscalationState } from '../temporal/contracts/escalation.ts'
import type { SessionState } from '../temporal/contracts/session.ts'
import type { Processes } from '../temporal/processes.ts'
import type { Restorer } from './restorer.ts'

export interface ReconcilerDeps {
  readonly project: Project
  readonly work: WorkPlane
  readonly store: Store
  readonly processes: () => Processes | undefined
  /** Brings back what Temporal has lost. */
  readonly restorer: Restorer
  /** Called when Temporal knew of no dispatcher, and everything has gone on from its record. */
  readonly onRestored: () => void
  /** What the hosts that answer say of their panes now. */
  readonly announcements: () => Promise<readonly Announcement[]>
  readonly logger: Logger
  /** Ms between two looks when nobody asks for one. */
  readonly everyMs?: number
}

export interface Reconciler {
  /** Looks now, and once more after the sighting gap when something disagrees. */
  look(): void
  /** Looks within a second or so: something moved that may matter. */
  soon(): void
  close(): Promise<void>
}

/** A fence that no session reaches: whoever ends a stray pane is in charge of it. */
const anyFence = Number.MAX_SAFE_INTEGER

const soonMs = 1_000

/** Carries out `model/reconcile`: on boot, when a host announces itself, after a full read, and every minute. */
export function startReconciler(deps: ReconcilerDeps): Reconciler {
  let sightings: Sightings = {}
  let timer: NodeJS.Timeout | undefined
  let soonTimer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  const plan = (ms: number): void => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(look, ms)
  }

  function look(): void {
    if (running !== undefined) {
      again = true
      return
    }
    running = once()
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'reconciliation could not look'))
      .finally(() => {
        running = undefined
        plan(again ? 50 : Object.keys(sightings).length > 0 ? sightingGap + 100 : (deps.everyMs ?? 60_000))
        again = false
      })
  }

  async function once(): Promise<void> {
    const processes = deps.processes()
    if (processes === undefined) return
    const seats = await processes.seats()
    if (seats === undefined) {
      await deps.restorer.begin(processes)
      deps.onRestored()
      return
    }
    const announcements = await deps.announcements()
    const panes = announcements.flatMap((from) => from.panes.map((pane): HostPane => ({ ...pane, host: from.host })))
    const open = await openEscalations(deps)
    const hosts = await knownHosts(deps)
    const recorded = await openSessionIds(deps)
    const running = await processes.running()
    const states = await sessionStates(running.sessions, deps.store)
    const sessions = running.sessions.map((session) => openSession(session, states.get(session)))
    const strays = await strayQuestions(deps, open, panes, sessions)
    const held = (await deps.work.held()).filter((bead) => bead.status !== 'closed')
    const result = reconcile({
      held,
      sessions,
      panes,
      announced: announcements.map((from) => from.host),
      hosts,
      seats,
      records: [
        ...recorded.map((id) => ({ kind: 'session', id, running: running.sessions.includes(id) }) as const),
        ...open.map(
          ({ view: { id } }) => ({ kind: 'escalation', id, running: running.escalations.includes(id) }) as const,
        ),
      ],
      questions: questionsOf(open, states),
      strays,
      sightings,
      now: Date.now(),
    })
    sightings = result.sightings
    for (const action of result.actions) {
      deps.logger.info({ action }, 'reconciling')
      await carryOut(action, deps, processes)
    }
  }

  function soon(): void {
    if (soonTimer !== undefined || closed) return
    soonTimer = setTimeout(() => {
      soonTimer = undefined
      look()
    }, soonMs)
  }

  look()
  return {
    look,
    soon,
    async close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(soonTimer)
      await running
    },
  }
}

type States = ReadonlyMap<string, { readonly open: boolean; readonly state: SessionState | null }>

async function sessionStates(ids: readonly string[], store: Store): Promise<States> {
  const found = await Promise.all(ids.map((id) => store.snapshot('session', id)))
  return new Map(
    found.flatMap((snapshot) =>
      snapshot === undefined
        ? []
        : [[snapshot.id, { open: snapshot.open, state: snapshot.state as SessionState | null }]],
    ),
  )
}

function openSession(session: string, known: ReturnType<States['get']>): OpenSession {
  const state = known?.state
  return {
    session,
    bead: state?.view.bead ?? '',
    host: state?.view.host ?? '',
    attending: state?.phase === 'attending' && state.claimed && state.view.status !== 'suspended',
    over: known?.open === false,
  }
}

const page = 1_000

async function openEscalations({ store, project }: ReconcilerDeps): Promise<EscalationState[]> {
  const { items } = await store.snapshots({ kind: 'escalation', project: project.id, open: true, limit: page })
  return items.map(({ view, state }) => ({ ...(state as EscalationState), view: view as EscalationView }))
}

async function openSessionIds({ store, project }: ReconcilerDeps): Promise<string[]> {
  const { items } = await store.snapshots({ kind: 'session', project: project.id, open: true, limit: page })
  return items.map(({ id }) => id)
}

function questionsOf(open: readonly EscalationState[], states: States): ReconcileInput['questions'] {
  return open.flatMap(({ view: { id, session } }) => {
    if (session === null) return []
    const state = states.get(session)?.state
    const asks = state?.questions.some(({ escalation }) => escalation === id) ?? true
    return [{ escalation: id, session, settled: !asks && escalationNumber(id) <= (state?.raised ?? 0) }]
  })
}

/** What people were asked about panes that no session owns; also, of those that run, what they want left running. */
async function strayQuestions(
  { store, project }: ReconcilerDeps,
  open: readonly EscalationState[],
  panes: readonly HostPane[],
  sessions: readonly OpenSession[],
): Promise<StrayQuestion[]> {
  const asked = open.flatMap(({ carrier, view }): StrayQuestion[] => {
    if (carrier?.kind !== 'stray') return []
    const { host, end } = carrier
    return [{ escalation: view.id, host, session: end.session, open: view.state === 'open' }]
  })
  const owned = new Set([...sessions, ...asked].map(({ session }) => session))
  const unowned = panes.filter((pane) => pane.alive && !owned.has(pane.session))
  const left = unowned.map(async (pane): Promise<StrayQuestion[]> => {
    const escalation = strayId(project, pane)
    const view = (await store.snapshot('escalation', escalation))?.view as EscalationView | undefined
    if (view?.decision?.value !== 'leave') return []
    return [{ escalation, host: pane.host, session: pane.session, open: false }]
  })
  return [...asked, ...(await Promise.all(left)).flat()]
}

function strayId(project: Project, pane: HostPane): string {
  return escalationWorkflowId(project.id, 'stray_pane', `${pane.host}-${pane.session}`)
}

async function knownHosts({ store, project }: ReconcilerDeps): Promise<string[]> {
  const { items } = await store.snapshots({ kind: 'host', project: project.id, open: true, limit: page })
  return items.filter(({ view }) => (view as HostView).status !== 'revoked').map(({ id }) => id)
}

async function carryOut(action: ReconcileAction, deps: ReconcilerDeps, processes: Processes): Promise<void> {
  switch (action.kind) {
    case 'reattach':
      return processes.reattach(action.session)
    case 'release':
      return release(action.bead, action.session, deps)
    case 'free-seat':
      return processes.freeSeat(action.session, action.bead)
    case 'moot':
      return processes.moot(action.escalation, action.why)
    case 'lost':
      return deps.restorer.mend(processes, action.record)
    case 'relic':
      return processes.endRelic(action.session)
    case 'bead-moved':
      return beadMoved(action.session, action.bead, deps, processes)
    case 'end-pane':
    case 'stray':
      return stray(action.pane, action.kind === 'end-pane', deps, processes)
  }
}

async function release(bead: string, session: string, { work, store }: ReconcilerDeps): Promise<void> {
  const released = await work.release(bead, holderOf(session), {
    actor: system,
    key: `reconcile-release-${session}-${bead}`,
  })
  if (!released) return
  await store.append([
    {
      source: `reconcile/${session}/${bead}`,
      sourceRevision: 1,
      at: new Date().toISOString(),
      actor: system,
      body: { kind: 'bead.released', bead, session, why: 'No session and no pane were left that worked on it.' },
    },
  ])
}

async function beadMoved(session: string, bead: string, { work }: ReconcilerDeps, processes: Processes): Promise<void> {
  const now = (await work.summaries([bead])).find((found) => found.id === bead)
  await processes.beadMoved(session, { assignee: now?.assignee ?? null, status: now?.status ?? 'deleted' })
}

/** A pane that no session owns: a person decides, unless its host finds that nothing is lost by ending it. */
async function stray(
  pane: HostPane,
  harmless: boolean,
  { project }: ReconcilerDeps,
  processes: Processes,
): Promise<void> {
  const end = {
    session: pane.session,
    fence: anyFence,
    repository: pane.repository,
    bead: pane.bead,
    graceMs: project.timing.endGrace,
    removeWorktree: harmless,
    onlyIntegrated: harmless,
  }
  const request: EscalationRequest = {
    id: strayId(project, pane),
    project: project.id,
    source: 'stray_pane',
    urgency: 'blocking',
    session: null,
    bead: pane.bead,
    host: pane.host,
    title: `A pane is running for ${pane.bead} that no session owns.`,
    text: 'It may hold work that is not integrated. Ending it keeps its worktree.',
    options: [
      { value: 'end', label: 'End the pane', tone: 'destructive' },
      { value: 'leave', label: 'Leave it running', tone: 'neutral' },
    ],
    freeText: false,
    createdAt: new Date().toISOString(),
  }
  const decision = harmless ? { value: 'end', text: '', by: system.name, via: system.via, at: request.createdAt } : null
  await processes.escalate(request, { kind: 'stray', host: pane.host, end }, decision)
}
