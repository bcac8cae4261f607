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
  takenSeats,
  type DispatchState,
} from './contracts/dispatch.ts'
import type { Carrier, EscalationState } from './contracts/escalation.ts'
import { moot } from './contracts/escalation.ts'
import { hostAnnounced, hostSilent, hostWorkflowId, type HostState } from './contracts/host.ts'
import { nothingPublished } from './contracts/publishing.ts'
import { beadMoved, reattach, sessionWorkflowId } from './contracts/session.ts'
import { attributesOf, searchAttributes } from './search-attributes.ts'

/** Workflow tasks that a killed worker held are given to another after this long. */
const workflowTaskTimeout = 2_000

/**
 * What the system itself starts and tells: the dispatcher, hosts, reconciliation. Commands of people go through
 * `Commands`; both are the only callers of the Temporal client.
 */
export class Processes {
  private readonly client: Client
  private readonly project: string
  private readonly timing: Timing

  constructor(client: Client, project: string, timing: Timing) {
    this.client = client
    this.project = project
    this.timing = timing
  }

  /** Starts the dispatcher when there is none, and gives it the present configuration. */
  async configure(config: DispatchConfig): Promise<void> {
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
    }
    await this.client.workflow.signalWithStart('dispatch', {
      workflowId: dispatchWorkflowId(this.project),
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
    try {
      await this.client.workflow.start('escalation', {
        workflowId: request.id,
        taskQueue: serverQueue(this.project),
        args: [input],
        workflowTaskTimeout,
        typedSearchAttributes: attributesOf({ kind: 'escalation', project: this.project }),
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }

  /** Seats that the dispatcher counts as taken. */
  async seats(): Promise<readonly Seat[]> {
    return this.client.workflow.getHandle(dispatchWorkflowId(this.project)).query(takenSeats)
  }

  /** Frees a seat whose session is no more. */
  async freeSeat(session: string, bead: string): Promise<void> {
    const why = 'Its session is no longer running.'
    await this.signal(dispatchWorkflowId(this.project), (handle) =>
      handle.signal(seatLeft, { session, bead, outcome: 'ended', why }),
    )
  }

  /** Closes a question that no longer matters. */
  async moot(escalation: string, why: string): Promise<void> {
    await this.signal(escalation, (handle) => handle.signal(moot, { why }))
  }

  /** Ids of the sessions whose workflows are running, as visibility knows them. */
  async openSessions(): Promise<string[]> {
    const { kind, project, session } = searchAttributes
    const query = `${kind.name} = 'session' AND ${project.name} = '${this.project}' AND ExecutionStatus = 'Running'`
    const ids: string[] = []
    for await (const execution of this.client.workflow.list({ query })) {
      const id = execution.typedSearchAttributes.get(session)
      if (id !== undefined) ids.push(id)
    }
    return ids
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
