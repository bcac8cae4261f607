import type { EscalationView } from '../model/escalation.ts'
import type { HostView } from '../model/host.ts'
import type {
  HeldBead,
  HolderQuestion,
  HostPane,
  OpenSession,
  ReconcileInput,
  StrayQuestion,
} from '../model/reconcile.ts'
import type { SessionView } from '../model/session.ts'
import type { Store } from '../store/store.ts'
import { escalationNumber, type EscalationState } from '../temporal/contracts/escalation.ts'
import type { SessionState } from '../temporal/contracts/session.ts'
import type { Processes } from '../temporal/processes.ts'
import { holderQuestionId, strayQuestionId } from './reconcile-action.ts'
import type { ReconcilerDeps } from './reconciler.ts'

type States = ReadonlyMap<string, { readonly open: boolean; readonly state: SessionState | null }>

/** Snapshots that one look takes into account, of each kind. */
const page = 1_000

/** What Beads, Temporal, the hosts and the record say now. They are read one after another. */
export async function readDisagreeing(
  deps: ReconcilerDeps,
  processes: Processes,
): Promise<Omit<ReconcileInput, 'seats' | 'sightings' | 'now'>> {
  const announcements = await deps.announcements()
  const panes = announcements.flatMap((from) => from.panes.map((pane): HostPane => ({ ...pane, host: from.host })))
  const open = await openEscalations(deps)
  const hosts = await knownHosts(deps)
  const recorded = await openSessionIds(deps)
  const running = await processes.running()
  const states = await sessionStates(running.sessions, deps.store)
  const sessions = running.sessions.map((session) => openSession(session, states.get(session)))
  const strays = await strayQuestions(deps, open, panes, sessions)
  const held = await heldBeads(deps)
  return {
    held,
    sessions,
    panes,
    announced: announcements.map((from) => from.host),
    hosts,
    records: [
      ...recorded.map((id) => ({ kind: 'session', id, running: running.sessions.includes(id) }) as const),
      ...open.map(
        ({ view: { id } }) => ({ kind: 'escalation', id, running: running.escalations.includes(id) }) as const,
      ),
      ...hosts.map((id) => ({ kind: 'host', id, running: running.hosts.includes(id) }) as const),
    ],
    questions: questionsOf(open, states),
    strays,
    holders: await holderQuestions(deps, open, held),
  }
}

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

async function heldBeads({ work, store }: ReconcilerDeps): Promise<HeldBead[]> {
  const held = (await work.held()).filter(({ status }) => status !== 'closed')
  return Promise.all(
    held.map(async ({ bead, session }) => {
      const view = (await store.snapshot('session', session))?.view as SessionView | undefined
      // One that was closed by its session and is open again was opened by somebody, perhaps with bd, which leaves the assignee.
      const integrated = view !== undefined && view.integratedAs !== null && view.closeReason !== 'bead_done'
      return { bead, session, known: view !== undefined, integrated }
    }),
  )
}

async function openEscalations({ store, project }: ReconcilerDeps): Promise<EscalationState[]> {
  const { items } = await store.snapshots({ kind: 'escalation', project: project.id, open: true, limit: page })
  return items.map(({ view, state }) => ({ ...(state as EscalationState), view: view as EscalationView }))
}

async function openSessionIds({ store, project }: ReconcilerDeps): Promise<string[]> {
  const { items } = await store.snapshots({ kind: 'session', project: project.id, open: true, limit: page })
  return items.map(({ id }) => id)
}

async function knownHosts({ store, project }: ReconcilerDeps): Promise<string[]> {
  const { items } = await store.snapshots({ kind: 'host', project: project.id, open: true, limit: page })
  return items.filter(({ view }) => (view as HostView).status !== 'revoked').map(({ id }) => id)
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
    const escalation = strayQuestionId(project, pane)
    if (!(await isLeft(store, escalation))) return []
    return [{ escalation, host: pane.host, session: pane.session, open: false }]
  })
  return [...asked, ...(await Promise.all(left)).flat()]
}

/** What people were asked about beads whose holder nobody here knows; also, of those still held, what they want left. */
async function holderQuestions(
  { store, project }: ReconcilerDeps,
  open: readonly EscalationState[],
  held: readonly HeldBead[],
): Promise<HolderQuestion[]> {
  const asked = open.flatMap(({ carrier, view }): HolderQuestion[] => {
    if (carrier?.kind !== 'holder') return []
    const { bead, session } = carrier
    return [{ escalation: view.id, bead, session, open: view.state === 'open' }]
  })
  const left = held.map(async ({ bead, session, known }): Promise<HolderQuestion[]> => {
    const escalation = holderQuestionId(project, bead, session)
    if (known || !(await isLeft(store, escalation))) return []
    return [{ escalation, bead, session, open: false }]
  })
  return [...asked, ...(await Promise.all(left)).flat()]
}

/** Whether people have answered that it is to stay as it is. */
async function isLeft(store: Store, escalation: string): Promise<boolean> {
  const view = (await store.snapshot('escalation', escalation))?.view as EscalationView | undefined
  return view?.decision?.value === 'leave'
}
