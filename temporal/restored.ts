import { isAway, type HostView } from '../model/host.ts'
import { isFromAgent } from '../model/escalation.ts'
import type { DispatchState, TakenSeat } from './contracts/dispatch.ts'
import type { EscalationState } from './contracts/escalation.ts'
import type { HostState } from './contracts/host.ts'
import { publishedUpTo } from './contracts/publishing.ts'
import type { OpenQuestion, SessionState } from './contracts/session.ts'

/** A state as it was recorded, and the revision of the record. */
export interface Recorded<State> {
  readonly state: State
  readonly revision: number
}

/** What else is recorded, as far as a session has to know. */
export interface Surroundings {
  /** Whether a question still waits, by the id of its escalation. */
  readonly isOpen: (escalation: string) => boolean
  /** The highest number that an escalation of the session has. */
  readonly raised: number
  readonly host: HostView | undefined
  /** ms since the epoch. */
  readonly now: number
}

/**
 * The state in which a session goes on that Temporal has lost (design, "Event log": restart from snapshot). A record may
 * be a little older than what was lost: what followed it is found out again from the frames, the screen and Beads.
 */
export function restoredSession(recorded: Recorded<SessionState>, around: Surroundings): SessionState {
  const { state, revision } = recorded
  const [kept, lost] = partition(state.questions, ({ escalation }) => around.isOpen(escalation))
  const asked = lost.flatMap(({ ask }) => ask ?? [])
  const dialog = kept.some(({ screenDigest }) => screenDigest === state.dialog) ? state.dialog : null
  return {
    ...state,
    // A record holds no long texts.
    brief: null,
    // An agent's question that got lost is read again; its dialog is still on its screen.
    cursor: Math.min(state.cursor, ...asked),
    dialog,
    questions: kept.map(asOfNow),
    answers: [],
    raised: Math.max(state.raised, around.raised),
    hostAway: around.host !== undefined && isAway(around.host.status),
    publishing: publishedUpTo(revision, around.now),
  }
}

/** A question that the session itself asked is asked again where it goes on, and then revived with its answer. */
function asOfNow(question: OpenQuestion): OpenQuestion {
  return isFromAgent(question.source) || question.source === 'host_offline' ? question : { ...question, live: false }
}

/** A question, perhaps decided: it tells its decision again. `hostId` says which id a host has now. */
export function restoredEscalation(
  { state, revision }: Recorded<EscalationState>,
  hostId: (host: string) => string,
  now: number,
): EscalationState {
  const { view, carrier } = state
  return {
    ...state,
    view: { ...view, host: view.host === null ? null : hostId(view.host) },
    carrier: carrier.kind === 'stray' ? { ...carrier, host: hostId(carrier.host) } : carrier,
    publishing: publishedUpTo(revision, now),
  }
}

export function restoredHost({ state, revision }: Recorded<HostState>, now: number): HostState {
  return { ...state, publishing: publishedUpTo(revision, now) }
}

/** What a new dispatcher takes over: the seats of the sessions that are open, and what its predecessor had recorded. */
export function restoredDispatch(
  recorded: Recorded<DispatchState | null> | undefined,
  sessions: readonly SessionState[],
  hosts: readonly HostView[],
  now: number,
): Partial<DispatchState> {
  const seats = sessions.map(seatOf)
  const known = { seats, hosts: hosts.map(({ id, status, slots }) => ({ id, status, slots })) }
  if (recorded === undefined) return known
  // The state is missing when it was too much to be recorded.
  const { parked = [], restarts = {} } = recorded.state ?? {}
  return {
    ...known,
    parked,
    restarts: Object.fromEntries(Object.entries(restarts).map(([bead, restart]) => [bead, dueAgain(restart, seats)])),
    publishing: publishedUpTo(recorded.revision, now),
  }

  /** A try that nothing is recorded of is made again. */
  function dueAgain<R extends DispatchState['restarts'][string]>(restart: R, taken: readonly TakenSeat[]): R {
    const isTried = taken.some((seat) => seat.bead === restart.item.bead)
    return restart.due === null && !isTried ? { ...restart, due: now } : restart
  }
}

/** The seat that an open session takes. */
export function seatOf({ view, item }: SessionState): TakenSeat {
  return { session: view.id, bead: view.bead, host: view.host, agent: view.agent, item }
}

function partition<T>(all: readonly T[], holds: (each: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((each) => !holds(each))]
}
