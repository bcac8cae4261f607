import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyLocalActivities,
  setHandler,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow'
import { system, type Actor } from '../model/actor.ts'
import { admit, type Seat } from '../model/dispatch.ts'
import { isAway } from '../model/host.ts'
import { sessionIdOf } from '../model/session.ts'
import type { BeadFacts, ServerActivities } from '../temporal/contracts/activities.ts'
import {
  configureDispatch,
  dispatchBeads,
  dispatchWorkflowId,
  hostState,
  seatLeft,
  seatTaken,
  takenSeats,
  unparkBead,
  type DispatchItem,
  type DispatchResult,
  type DispatchState,
  type DispatchUpdate,
  type Restart,
  type SeatLeft,
} from '../temporal/contracts/dispatch.ts'
import { nothingPublished } from '../temporal/contracts/publishing.ts'
import { holdSession, sessionWorkflowId, type SessionState } from '../temporal/contracts/session.ts'
import { attributesOf } from '../temporal/search-attributes.ts'
import { failure, failureOf } from './failure.ts'
import { newSession } from './new-session.ts'
import { startPublisher, type Publisher } from './publisher.ts'
import { revised } from './revised.ts'

/** Characters of results that are remembered for repeated commands; the state has to fit one payload. */
const keptAnswers = 400_000

const { inspectBeads } = proxyLocalActivities<Pick<ServerActivities, 'inspectBeads'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumAttempts: 3 },
})

/**
 * `dispatch/<project>`: the one serial decision about what starts (design, "The durable processes"). Admission is decided
 * without a wait between looking at the seats and taking one, so two commands can not both take the last.
 */
export async function dispatch(state: DispatchState): Promise<void> {
  const desk = new Desk(state)
  desk.listen()
  await desk.run()
}

class Desk {
  private readonly state: DispatchState
  private readonly publisher: Publisher
  private woken = false

  constructor(state: DispatchState) {
    this.state = state
    this.publisher = startPublisher(
      state.publishing,
      dispatchWorkflowId(state.project),
      state.timing.serverActivity,
      () => ({
        kind: 'dispatch',
        id: state.project,
        project: state.project,
        schema: 1,
        open: true,
        view: { parked: state.parked, seats: state.seats },
        state: { ...state, applied: [], publishing: nothingPublished(Date.now()) },
      }),
    )
  }

  listen(): void {
    const { state } = this
    setHandler(dispatchBeads, (update) => this.dispatch(update), {
      validator: (update) => {
        if (update.items.length === 0 || update.items.length > 100)
          throw failure('bad_request', { why: 'between 1 and 100 beads can be dispatched at a time' })
      },
    })
    setHandler(unparkBead, ({ bead, actor }) => this.unpark(bead, actor))
    setHandler(configureDispatch, ({ config, timing }) => {
      state.config = config
      state.timing = timing
    })
    setHandler(takenSeats, () => state.seats.map(({ session, bead, host, agent }) => ({ session, bead, host, agent })))
    setHandler(seatLeft, (left) => this.onSeatLeft(left))
    setHandler(seatTaken, async (seat) => {
      if (state.seats.some(({ session }) => session === seat.session)) return
      state.seats = [...state.seats, seat]
      if (this.isHostAway(seat.host)) await this.tellOfHost(seat)
    })
    setHandler(hostState, async (host) => {
      const before = this.isHostAway(host.id)
      state.hosts = [...state.hosts.filter((known) => known.id !== host.id), host]
      this.woken = true
      if (this.isHostAway(host.id) === before) return
      const seats = state.seats.filter((seat) => seat.host === host.id)
      await Promise.all(seats.map((seat) => this.tellOfHost(seat)))
    })
  }

  async run(): Promise<void> {
    for (;;) {
      const due = this.nextDue()
      const wait = due === undefined ? undefined : Math.max(1, due - Date.now())
      const renew = (): boolean => workflowInfo().continueAsNewSuggested
      if (wait === undefined) await condition(() => this.woken || renew())
      else await condition(() => this.woken || renew(), wait)
      this.woken = false
      await this.restartDue()
      if (renew()) await this.renew()
    }
  }

  private async renew(): Promise<void> {
    await this.publisher.drained()
    await condition(allHandlersFinished)
    await continueAsNew<typeof dispatch>(this.state)
  }

  private async dispatch({ items, key, actor }: DispatchUpdate): Promise<readonly DispatchResult[]> {
    const before = this.state.applied.find((answer) => answer.key === key)
    if (before !== undefined) return before.results
    const facts = await this.inspect(items.map((item) => item.bead))
    const again = this.state.applied.find((answer) => answer.key === key)
    if (again !== undefined) return again.results
    const admissions = items.map((item, index) => this.take(item, facts.get(item.bead), sessionIdOf(key, index), actor))
    const results = admissions.map((taken) => taken.result)
    this.state.applied = lastAnswers([...this.state.applied, { key, results }])
    await Promise.all(admissions.map((taken) => taken.start()))
    return results
  }

  private async inspect(beads: readonly string[]): Promise<Map<string, BeadFacts>> {
    try {
      const facts = await inspectBeads(beads)
      return new Map(facts.map((fact) => [fact.id, fact]))
    } catch (error) {
      const known = failureOf(error)
      throw failure(known.code, { ...known.params })
    }
  }

  /** Decides about one item and takes its seat at once; the session is started by calling `start`. */
  private take(
    item: DispatchItem,
    facts: BeadFacts | undefined,
    session: string,
    actor: Actor,
  ): { result: DispatchResult; start: () => Promise<void> } {
    const { state } = this
    const admission = admit(item, facts, state.config, state.seats, state.hosts)
    if (!admission.admitted) {
      return {
        result: { bead: item.bead, admitted: false, code: admission.code, params: admission.params },
        start: async () => undefined,
      }
    }
    this.forget(item.bead)
    state.seats = [
      ...state.seats,
      { session, bead: item.bead, host: admission.host, agent: admission.agent.name, item },
    ]
    const input = newSession(state, { id: session, item, title: facts?.title ?? '', actor }, admission)
    return { result: { bead: item.bead, admitted: true, session }, start: () => this.startSession(input) }
  }

  private async startSession(input: SessionState): Promise<void> {
    const { project, id, bead, host } = input.view
    await startChild('session', {
      workflowId: sessionWorkflowId(project, id),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: 2_000,
      typedSearchAttributes: attributesOf({ kind: 'session', project, bead, session: id, host }),
    })
    // It may have gone while the session was starting.
    if (this.isHostAway(host)) await this.tellOfHost({ session: id, host })
  }

  private isHostAway(id: string): boolean {
    return this.state.hosts.some((host) => host.id === id && isAway(host.status))
  }

  private async tellOfHost({ session, host }: Pick<Seat, 'session' | 'host'>): Promise<void> {
    const handle = getExternalWorkflowHandle(sessionWorkflowId(this.state.project, session))
    // A session that has ended, or has not begun, need not know.
    await handle.signal(holdSession, { away: this.isHostAway(host) }).catch(() => undefined)
  }

  private onSeatLeft(left: SeatLeft): void {
    const { state } = this
    const seat = state.seats.find((known) => known.session === left.session)
    if (seat === undefined) return
    state.seats = state.seats.filter((known) => known !== seat)
    if (left.outcome === 'start_failed') this.restartLater(seat.item, left)
    else if (left.outcome === 'died') this.park(left.bead, left.why)
    else this.forget(left.bead)
    this.woken = true
  }

  /** A failed start is tried again after ever longer waits, then the bead is parked, once. */
  private restartLater(item: DispatchItem, left: SeatLeft): void {
    const { state } = this
    const tries = (state.restarts[left.bead]?.tries ?? 0) + 1
    const wait = state.timing.restart[tries - 1]
    if (wait === undefined) return this.park(left.bead, left.why)
    this.setRestart(left.bead, { item, actor: system, tries, due: Date.now() + wait, why: left.why })
  }

  private setRestart(bead: string, restart: Restart): void {
    this.setRestarts({ ...this.state.restarts, [bead]: restart })
  }

  /** Recorded, because nothing else knows that the start is still wanted. */
  private setRestarts(restarts: DispatchState['restarts']): void {
    this.state.restarts = restarts
    if (revised()) this.publisher.record()
  }

  private nextDue(): number | undefined {
    const due = Object.values(this.state.restarts).flatMap((restart) => (restart.due === null ? [] : [restart.due]))
    return due.length === 0 ? undefined : Math.min(...due)
  }

  private async restartDue(): Promise<void> {
    const { state } = this
    const due = Object.values(state.restarts).filter((restart) => restart.due !== null && restart.due <= Date.now())
    for (const restart of due) {
      const bead = restart.item.bead
      const facts = await this.inspect([bead]).catch(() => undefined)
      const current = state.restarts[bead]
      if (current === undefined || current.due !== restart.due) continue
      const taken =
        facts === undefined
          ? undefined
          : this.take(restart.item, facts.get(bead), `s${uuid4().replaceAll('-', '').slice(0, 16)}`, restart.actor)
      if (taken?.result.admitted === true) {
        this.setRestart(bead, { ...restart, due: null })
        await taken.start()
      } else if (taken === undefined || taken.result.admitted || waits.includes(taken.result.code)) {
        this.setRestart(bead, { ...restart, due: Date.now() + (state.timing.restart.at(-1) ?? 1_000) })
      } else {
        this.forget(bead)
      }
    }
  }

  private park(bead: string, why: string): void {
    const { state } = this
    this.forget(bead)
    state.parked = [...state.parked, { bead, why, since: new Date().toISOString() }]
    this.publisher.changed({ kind: 'bead.parked', bead, why }, system)
  }

  private unpark(bead: string, actor: Actor): void {
    const { state } = this
    if (!state.parked.some((parked) => parked.bead === bead)) return
    state.parked = state.parked.filter((parked) => parked.bead !== bead)
    this.publisher.changed({ kind: 'bead.unparked', bead }, actor)
  }

  /** Drops what is remembered against a bead: it is starting, has ended well, or a person wants it anew. */
  private forget(bead: string): void {
    this.unpark(bead, system)
    const { [bead]: known, ...others } = this.state.restarts
    if (known !== undefined) this.setRestarts(others)
  }
}

/** Refusals that pass by themselves: the restart waits for its turn. */
const waits: readonly string[] = ['dispatch_full', 'host_offline', 'host_unknown', 'bead_blocked']

/** The newest answers that fit. */
function lastAnswers(answers: DispatchState['applied']): DispatchState['applied'] {
  let room = keptAnswers
  const first = answers.findLastIndex((answer) => (room -= JSON.stringify(answer).length) < 0)
  return answers.slice(first + 1)
}
