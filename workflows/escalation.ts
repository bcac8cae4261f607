import {
  condition,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
  allHandlersFinished,
} from '@temporalio/workflow'
import { system, type Actor } from '../model/actor.ts'
import { isAnswer, possibleAnswers, type Decision, type EscalationView } from '../model/escalation.ts'
import { hostQueue, type HostActivities, type ServerActivities } from '../temporal/contracts/activities.ts'
import {
  answerEscalation,
  delivered,
  moot,
  type AnswerUpdate,
  type Carrier,
  type EscalationState,
} from '../temporal/contracts/escalation.ts'
import { nothingPublished } from '../temporal/contracts/publishing.ts'
import { answerSession } from '../temporal/contracts/session.ts'
import { failure, failureOf } from './failure.ts'
import { startPublisher } from './publisher.ts'

type Show = (change: Partial<EscalationView>, actor: Actor) => void

/**
 * One decision, many doors: the first answer is kept, later ones hear who decided. Decided is not delivered: the workflow
 * ends when the answer has arrived, or no longer matters.
 */
export async function escalation(state: EscalationState): Promise<void> {
  const { view } = state
  const publisher = startPublisher(state.publishing, workflowInfo().workflowId, state.timing.serverActivity, () => ({
    kind: 'escalation',
    id: view.id,
    project: view.project,
    schema: 1,
    open: state.view.state === 'open' || state.view.state === 'decided',
    view: state.view,
    state: { ...state, publishing: nothingPublished(Date.now()) },
  }))
  const show: Show = (change, actor) => {
    state.view = { ...state.view, ...change }
    publisher.changed({ kind: 'escalation.changed', escalation: state.view }, actor)
  }

  setHandler(
    answerEscalation,
    (update) => {
      if (state.decidedKey === update.key) return state.view
      state.decidedKey = update.key
      const decision = {
        value: update.value,
        text: update.text,
        by: update.actor.name,
        via: update.actor.via,
        at: new Date().toISOString(),
      }
      show({ state: 'decided', decision }, update.actor)
      return state.view
    },
    { validator: (update) => refuseAnswer(state, update) },
  )
  setHandler(delivered, ({ outcome, note }) => {
    if (state.view.state === 'decided') show({ state: outcome, note }, system)
  })
  setHandler(moot, ({ why }) => {
    if (state.view.state === 'open' || state.view.state === 'decided') show({ state: 'moot', note: why }, system)
  })

  show({}, system)
  do {
    await condition(() => state.view.state !== 'open')
    if (state.view.state === 'decided') await carryOut(state, show)
    await condition(() => state.view.state !== 'decided')
  } while (isOpen(state))
  await publisher.drained()
  await condition(allHandlersFinished)
}

function isOpen(state: EscalationState): boolean {
  return state.view.state === 'open'
}

function refuseAnswer(state: EscalationState, update: AnswerUpdate): void {
  const { view, decidedKey } = state
  if (decidedKey !== null && decidedKey === update.key) return
  if (view.decision !== null) throw failure('already_decided', { by: view.decision.by, at: view.decision.at })
  if (view.state === 'moot') throw failure('no_longer_needed', { why: view.note })
  if (isAnswer(view, update)) return
  throw failure('option_unknown', { value: update.value, options: possibleAnswers(view) })
}

async function carryOut(state: EscalationState, show: Show): Promise<void> {
  const { carrier, view } = state
  const decision = view.decision
  if (decision === null) return
  if (carrier.kind === 'stray') return endStray(state, carrier, decision, show)
  if (carrier.kind === 'holder') return releaseHeld(state, carrier, decision, show)
  const answer = { escalation: view.id, value: decision.value, text: decision.text, by: decision.by }
  const told = await getExternalWorkflowHandle(carrier.workflowId)
    .signal(answerSession, answer)
    .then(
      () => true,
      () => false,
    )
  if (!told) show({ state: 'moot', note: 'The session has ended.' }, system)
}

async function releaseHeld(
  state: EscalationState,
  { bead, session }: Extract<Carrier, { kind: 'holder' }>,
  decision: Decision,
  show: Show,
): Promise<void> {
  if (decision.value !== 'release') return show({ state: 'delivered', note: '' }, system)
  const server = proxyActivities<Pick<ServerActivities, 'releaseBead'>>({
    startToCloseTimeout: state.timing.serverActivity,
  })
  const actor = { name: decision.by, via: decision.via } as Actor
  const key = `${state.decidedKey ?? session}-release`
  const released = await server.releaseBead({ bead, session, actor, key }).catch(failureOf)
  if (state.view.state !== 'decided') return
  if (typeof released !== 'boolean') return show({ state: 'unconfirmed', note: released.message }, system)
  show({ state: 'delivered', note: released ? '' : 'It was no longer held so.' }, system)
}

async function endStray(
  state: EscalationState,
  carrier: Extract<Carrier, { kind: 'stray' }>,
  decision: Decision,
  show: Show,
): Promise<void> {
  if (decision.value !== 'end') return show({ state: 'delivered', note: '' }, system)
  const host = proxyActivities<Pick<HostActivities, 'endPane'>>({
    taskQueue: hostQueue(carrier.host),
    startToCloseTimeout: state.timing.hostActivity,
    heartbeatTimeout: state.timing.heartbeat,
  })
  const ended = await host.endPane(carrier.end).catch(failureOf)
  if (state.view.state !== 'decided') return
  if ('code' in ended) return show({ state: 'unconfirmed', note: ended.message }, system)
  if (ended.how !== 'refused') return show({ state: 'delivered', note: ended.note }, system)
  // Only what nobody was asked about is refused: now somebody is.
  state.carrier = { ...carrier, end: { ...carrier.end, onlyIntegrated: false, removeWorktree: false } }
  show({ state: 'open', decision: null, note: '' }, system)
}
