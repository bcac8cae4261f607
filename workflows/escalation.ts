import {
  condition,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
  allHandlersFinished,
} from '@temporalio/workflow'
import { system, type Actor } from '../model/actor.ts'
import { isAnswer, possibleAnswers } from '../model/escalation.ts'
import { hostQueue, type HostActivities } from '../temporal/contracts/activities.ts'
import {
  answerEscalation,
  delivered,
  moot,
  type AnswerUpdate,
  type EscalationState,
} from '../temporal/contracts/escalation.ts'
import { nothingPublished, answerSession } from '../temporal/contracts/session.ts'
import { failure, failureOf } from './failure.ts'
import { startPublisher } from './publisher.ts'

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
  const show = (change: Partial<EscalationState['view']>, actor: Actor): void => {
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
  await condition(() => state.view.state !== 'open')
  if (state.view.state === 'decided') await carryOut(state, show)
  await condition(() => state.view.state !== 'open' && state.view.state !== 'decided')
  await publisher.drained()
  await condition(allHandlersFinished)
}

function refuseAnswer(state: EscalationState, update: AnswerUpdate): void {
  const { view, decidedKey } = state
  if (decidedKey !== null && decidedKey === update.key) return
  if (view.decision !== null) throw failure('already_decided', { by: view.decision.by, at: view.decision.at })
  if (view.state === 'moot') throw failure('no_longer_needed', { why: view.note })
  if (isAnswer(view, update)) return
  throw failure('option_unknown', { value: update.value, options: possibleAnswers(view) })
}

async function carryOut(
  state: EscalationState,
  show: (change: Partial<EscalationState['view']>, actor: Actor) => void,
): Promise<void> {
  const { carrier, view, timing } = state
  const decision = view.decision
  if (decision === null) return
  if (carrier.kind === 'session') {
    const answer = { escalation: view.id, value: decision.value, text: decision.text, by: decision.by }
    const told = await getExternalWorkflowHandle(carrier.workflowId)
      .signal(answerSession, answer)
      .then(
        () => true,
        () => false,
      )
    if (!told) show({ state: 'moot', note: 'The session has ended.' }, system)
    return
  }
  if (decision.value !== 'end') return show({ state: 'delivered', note: '' }, system)
  const host = proxyActivities<HostActivities>({
    taskQueue: hostQueue(carrier.host),
    startToCloseTimeout: timing.hostActivity,
    heartbeatTimeout: timing.heartbeat,
  })
  const ended = await host.endPane(carrier.end).catch(failureOf)
  show(
    { state: 'code' in ended ? 'unconfirmed' : 'delivered', note: 'code' in ended ? ended.message : ended.note },
    system,
  )
}
