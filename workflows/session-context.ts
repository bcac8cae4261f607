import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { SessionView } from '../model/session.ts'
import { hostQueue, serverQueue, type HostActivities, type ServerActivities } from '../temporal/contracts/activities.ts'
import { nothingPublished } from '../temporal/contracts/publishing.ts'
import {
  sessionWorkflowId,
  type HostTask,
  type SessionPhase,
  type SessionState,
} from '../temporal/contracts/session.ts'
import { startPublisher, type Publisher } from './publisher.ts'
import { revised } from './revised.ts'

/** What every part of a session's workflow works with: its state, its activities, and how it shows itself. */
export class SessionContext {
  readonly state: SessionState
  readonly server: ServerActivities
  readonly host: HostActivities
  /** Like `host`, for what must come about however long it takes. */
  readonly patient: Pick<HostActivities, 'endPane'>
  /** Like `patient`, for the long wait: a lost worker is noticed by its silence. */
  readonly watcher: Pick<HostActivities, 'attendPane'>
  readonly publisher: Publisher
  /** Somebody wants the pane looked at again. */
  lookAgain = false
  /** What it waits for its host with. */
  waits: HostTask | null = null
  /** Escalations that are being started. */
  asking = 0

  constructor(state: SessionState) {
    this.state = state
    const { timing, view } = state
    const retry = { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 5_000 }
    this.server = proxyActivities<ServerActivities>({
      taskQueue: serverQueue(view.project),
      startToCloseTimeout: timing.serverActivity,
      retry,
    })
    const taskQueue = hostQueue(view.host)
    this.host = proxyActivities<HostActivities>({
      taskQueue,
      startToCloseTimeout: Math.max(timing.startPane, timing.integrate),
      heartbeatTimeout: timing.heartbeat,
      retry: { ...retry, maximumAttempts: 8 },
    })
    this.patient = proxyActivities<Pick<HostActivities, 'endPane'>>({
      taskQueue,
      startToCloseTimeout: timing.integrate,
      heartbeatTimeout: timing.heartbeat,
      retry,
    })
    this.watcher = proxyActivities<Pick<HostActivities, 'attendPane'>>({
      taskQueue,
      startToCloseTimeout: timing.attend,
      heartbeatTimeout: timing.heartbeat,
      retry: { ...retry, maximumInterval: 2_000 },
    })
    this.publisher = startPublisher(
      state.publishing,
      sessionWorkflowId(view.project, view.id),
      timing.serverActivity,
      () => ({
        kind: 'session',
        id: view.id,
        project: view.project,
        schema: 1,
        open: this.state.phase !== 'over',
        view: this.state.view,
        state: { ...this.state, publishing: nothingPublished(Date.now()) },
      }),
    )
  }

  setPhase(phase: SessionPhase): void {
    this.state.phase = phase
  }

  /** Changes what people see, and publishes when it differs. */
  show(change: Partial<SessionView>): void {
    const { state } = this
    const openEscalations = state.questions.map((question) => question.escalation)
    const waitsForHost = state.hostAway && this.waits !== null
    const after = { ...state.view, ...change, openEscalations, waitsForHost }
    if (state.publishing.begun && JSON.stringify(state.view) === JSON.stringify(after)) return
    state.view = after
    const actor = state.endRequest?.actor ?? after.startedBy
    this.publisher.changed({ kind: 'session.changed', session: after }, actor)
  }

  /** Types a text into the pane once per key, when there is a pane. */
  queueSay(key: string, text: string): void {
    const { state } = this
    if (state.applied[key]) return
    state.applied = { ...state.applied, [key]: true }
    state.says = [...state.says, { key, text }]
    if (revised()) this.publisher.record()
  }

  /** Runs an activity of the host until it ends; undefined when somebody interrupts, or has given the host up. */
  async onHost<T>(task: HostTask, work: () => Promise<T>): Promise<T | undefined> {
    const scope = new CancellationScope()
    const running = scope.run(work).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    let settled: Awaited<typeof running> | undefined
    void running.then((result) => {
      settled = result
    })
    this.wait(task)
    await condition(() => settled !== undefined || this.isInterrupted(task)).finally(() => this.wait(null))
    if (settled === undefined) {
      scope.cancel()
      return undefined
    }
    if ('value' in settled) return settled.value
    if (isCancellation(settled.error)) return undefined
    throw settled.error
  }

  /** Resolves when nothing is under way that a new run would not know of. */
  settled(): Promise<void> {
    const { publishing } = this.state
    return condition(() => publishing.events.length === 0 && this.asking === 0 && allHandlersFinished())
  }

  private wait(task: HostTask | null): void {
    this.waits = task
    if (this.state.hostAway) this.show({})
  }

  private isInterrupted(task: HostTask): boolean {
    const { state } = this
    if (state.left !== null && (state.hostAway || task !== 'end')) return true
    if (task === 'integrate' || task === 'end') return false
    if (state.endRequest !== null) return true
    return task === 'attend' && (this.lookAgain || state.moved !== null || workflowInfo().continueAsNewSuggested)
  }
}
