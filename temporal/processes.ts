import type { Client } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import type { DispatchConfig, Seat } from '../model/dispatch.ts'
import type { Decision, EscalationRequest } from '../model/escalation.ts'
import type { Timing } from '../model/timing.ts'
import { serverQueue } from './contracts/activities.ts'
import {
  configureDispatch,
  dispatchWorkflowId,
  seatLeft,
  seatTaken,
  takenSeats,
  type DispatchState,
  type TakenSeat,
} from './contracts/dispatch.ts'
import type { Carrier, EscalationState } from './contracts/escalation.ts'
import { moot } from './contracts/escalation.ts'
import { hostAnnounced, hostSilent, hostWorkflowId, type HostState } from './contracts/host.ts'
import { nothingPublished } from './contracts/publishing.ts'
import { beadMoved, reattach, sessionWorkflowId, type SessionState } from './contracts/session.ts'
import { attributesOf, searchAttributes } from './search-attributes.ts'

/** Workflow tasks that a killed worker held are given to another after this long. */
const workflowTaskTimeout = 2_000

/**
 * What the system itself starts and tells: the dispatcher, hosts, reconciliation. Commands of people go through
 * `Commands`; both are the only callers of the Temporal client.
 */
export class Processes {
  /** The id of the dispatcher's workflow. */
  readonly dispatcher: string
  private readonly client: Client
  private readonly project: string
  private readonly timing: Timing

  constructor(client: Client, project: string, timing: Timing) {
    this.client = client
    this.project = project
    this.dispatcher = dispatchWorkflowId(project)
    this.timing = timing
  }

  /** Does what asks and tells processes; when the signal aborts, whatever of it waits for Temporal is given up. */
  until<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.client.withAbortSignal(signal, work)
  }

  /** Starts the dispatcher when there is none, with what is `known` from before, and gives it the present configuration. */
  async configure(config: DispatchConfig, known: Partial<DispatchState> = {}): Promise<void> {
    const input: DispatchState = {
      schema: 1,
      project: this.project,
      config,
      timing: this.timing,
      hosts: [],
      seats: [],
      parked: [],
      restarts: {},
      applied: [],
      publishing: nothingPublished(Date.now()),
      ...known,
    }
    await this.client.workflow.signalWithStart('dispatch', {
      workflowId: this.dispatcher,
      taskQueue: serverQueue(this.project),
      args: [input],
      signal: configureDispatch,
      signalArgs: [{ config, timing: this.timing }],
      workflowTaskTimeout,
      typedSearchAttributes: attributesOf({ kind: 'dispatch', project: this.project }),
    })
  }

  async hostAnnounced(host: {
    id: string
    label: string
    kinds: readonly string[]
    slots: number
    version: string
  }): Promise<void> {
    const at = new Date().toISOString()
    const { id, label, kinds, slots, version } = host
    const input: HostState = {
      schema: 1,
      project: this.project,
      timing: this.timing,
      silentSince: null,
      view: { id, label, status: 'enrolling', kinds, slots, lastSeen: null, version },
      publishing: nothingPublished(Date.now()),
    }
    await this.client.workflow.signalWithStart('host', {
      workflowId: hostWorkflowId(id),
      taskQueue: serverQueue(this.project),
      args: [input],
      signal: hostAnnounced,
      signalArgs: [{ kinds, slots, version, at }],
      workflowTaskTimeout,
      typedSearchAttributes: attributesOf({ kind: 'host', project: this.project, host: id }),
    })
  }

  async hostSilent(host: string, since: number): Promise<void> {
    await this.signal(hostWorkflowId(host), (handle) => handle.signal(hostSilent, { since }))
  }

  async reattach(session: string): Promise<void> {
    await this.signal(sessionWorkflowId(this.project, session), (handle) => handle.signal(reattach))
  }

  async beadMoved(session: string, to: { assignee: string | null; status: string }): Promise<void> {
    await this.signal(sessionWorkflowId(this.project, session), (handle) => handle.signal(beadMoved, to))
  }

  /**
   * Asks people about something that no session owns; the same question is asked once while it is open. With a
   * `decision` nobody is asked: it is carried out, and recorded like any other.
   */
  async escalate(request: EscalationRequest, carrier: Carrier, decision: Decision | null): Promise<void> {
    const input: EscalationState = {
      schema: 1,
      carrier,
      timing: this.timing,
      decidedKey: null,
      publishing: nothingPublished(Date.now()),
      view: { ...request, state: decision === null ? 'open' : 'decided', decision, note: '' },
    }
    await this.start('escalation', request.id, input)
  }

  /** Lets a session, a question or a host whose workflow was lost go on from a state. Nothing happens when it runs. */
  async goOn(state: SessionState | EscalationState | HostState): Promise<void> {
    if ('phase' in state) return this.start('session', sessionWorkflowId(this.project, state.view.id), state)
    if ('carrier' in state) return this.start('escalation', state.view.id, state)
    return this.start('host', hostWorkflowId(state.view.id), state)
  }

  /** Seats that the dispatcher counts as taken; undefined when none runs: one that has ended would still answer. */
  async seats(): Promise<readonly Seat[] | undefined> {
    if ((await this.standing(this.dispatcher)) !== 'running') return undefined
    return this.client.workflow.getHandle(this.dispatcher).query(takenSeats)
  }

  /** The seat of a session that goes on from its record. */
  async takeSeat(seat: TakenSeat): Promise<void> {
    await this.signal(this.dispatcher, (handle) => handle.signal(seatTaken, seat))
  }

  /** What Temporal knows of a workflow, as of now. */
  async standing(workflowId: string): Promise<'running' | 'closed' | 'missing'> {
    try {
      const { status } = await this.client.workflow.getHandle(workflowId).describe()
      return status.name === 'RUNNING' ? 'running' : 'closed'
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'missing'
      throw error
    }
  }

  /** Ends the workflow of a session that is over. */
  async endRelic(session: string): Promise<void> {
    await this.signal(sessionWorkflowId(this.project, session), async (handle) => {
      await handle.terminate('The record says that this session is over.')
    })
  }

  /** Frees a seat whose session is no more. */
  async freeSeat(session: string, bead: string): Promise<void> {
    const why = 'Its session is no longer running.'
    await this.signal(this.dispatcher, (handle) => handle.signal(seatLeft, { session, bead, outcome: 'ended', why }))
  }

  /** Closes a question that no longer matters. */
  async moot(escalation: string, why: string): Promise<void> {
    await this.signal(escalation, (handle) => handle.signal(moot, { why }))
  }

  /** The sessions and hosts (ids) and questions (workflow ids) whose workflows are running, as visibility knows them. */
  async running(): Promise<{ sessions: string[]; escalations: string[]; hosts: string[] }> {
    const { kind, project, session, host } = searchAttributes
    const kinds = `${kind.name} IN ('session', 'escalation', 'host')`
    const query = `${kinds} AND ${project.name} = '${this.project}' AND ExecutionStatus = 'Running'`
    const sessions: string[] = []
    const escalations: string[] = []
    const hosts: string[] = []
    for await (const { workflowId, typedSearchAttributes } of this.client.workflow.list({ query })) {
      if (typedSearchAttributes.get(kind) === 'escalation') escalations.push(workflowId)
      else if (typedSearchAttributes.get(kind) === 'host') hosts.push(typedSearchAttributes.get(host) ?? '')
      else sessions.push(typedSearchAttributes.get(session) ?? '')
    }
    return { sessions, escalations, hosts }
  }

  /** Starts a workflow, unless it runs. */
  private async start(
    kind: 'session' | 'escalation' | 'host',
    workflowId: string,
    state: SessionState | EscalationState | HostState,
  ): Promise<void> {
    try {
      await this.client.workflow.start(kind, {
        workflowId,
        taskQueue: serverQueue(this.project),
        args: [state],
        workflowTaskTimeout,
        typedSearchAttributes: attributesOf({ kind, project: this.project, ...attributesIn(state) }),
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }

  /** A workflow that has closed meanwhile needs no signal. */
  private async signal(
    workflowId: string,
    send: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<void>,
  ): Promise<void> {
    try {
      await send(this.client.workflow.getHandle(workflowId))
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
}

/** The search attributes that a state tells of; the same as those that it was begun with. */
function attributesIn(state: SessionState | EscalationState | HostState): Record<string, string> {
  if ('phase' in state) return { bead: state.view.bead, session: state.view.id, host: state.view.host }
  if (!('carrier' in state)) return { host: state.view.id }
  const { session, bead } = state.view
  return session === null ? {} : { session, ...(bead === null ? {} : { bead }) }
}
