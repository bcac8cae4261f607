import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow'
import type { Fact } from '../model/fact.ts'
import {
  answerSession,
  beadMoved,
  endSession,
  holdSession,
  reattach,
  saySession,
  type EndRequest,
  type Ending,
  type SessionPhase,
  type SessionState,
} from '../temporal/contracts/session.ts'
import { failure, failureOf, type KnownFailure } from './failure.ts'
import { revised } from './revised.ts'
import { SessionContext } from './session-context.ts'
import { onBeadMoved } from './session-bead-moved.ts'
import { finish, givenUp } from './session-ending.ts'
import { mindHost } from './session-host.ts'
import { take } from './session-facts.ts'
import { integrate } from './session-integration.ts'
import { deliverAnswers, unheardCodes } from './session-questions.ts'
import { deliverSays } from './session-says.ts'

/**
 * `session/<project>/<id>`: one agent in one pane, from the claim of its bead to the end of its pane (design, "The durable
 * processes"). One phase follows another; whoever interrupts only changes the state that the phases wait on.
 */
export async function session(state: SessionState): Promise<void> {
  const context = new SessionContext(state)
  listen(context)
  void deliverAnswers(context).catch(untilCancelled)
  void deliverSays(context).catch(untilCancelled)
  void CancellationScope.nonCancellable(() => mindHost(context))
  context.show({})
  try {
    while (state.phase !== 'over') await step(context)
  } catch (error) {
    await CancellationScope.nonCancellable(() => finish(context, endingAfter(error)))
  }
  await context.publisher.drained()
  await condition(allHandlersFinished)
}

/** How a session ends whose step was cancelled, or failed for good. Errors in our own code are no end: they are mended. */
function endingAfter(error: unknown): Ending {
  if (isCancellation(error)) return { reason: 'user_stop', note: 'Cancelled in Temporal.', left: 'ended' }
  if (!(error instanceof TemporalFailure) || !revised()) throw error
  return { reason: 'transport_error', note: failureOf(error).message, left: 'died' }
}

/** Whoever cancels the workflow ends its coroutines; the session itself ends in order. */
function untilCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error
}

async function step(context: SessionContext): Promise<void> {
  const { state } = context
  if (state.left !== null) return finish(context, state.ending ?? givenUp(context))
  switch (state.phase) {
    case 'claiming':
      return claim(context)
    case 'starting':
      return launch(context)
    case 'attending':
      return attend(context)
    case 'integrating': {
      const ending = await integrate(context)
      return ending === undefined ? undefined : finish(context, ending)
    }
    case 'ending':
    case 'over': {
      const by = state.endRequest?.actor.name ?? 'gemba'
      return finish(context, state.ending ?? { reason: 'user_stop', note: `Ended by ${by}.`, left: 'ended' })
    }
  }
}

function listen(context: SessionContext): void {
  const { state } = context
  setHandler(endSession, (request) => requestEnd(context, request), {
    validator: (_request) => {
      if (state.phase === 'over') throw failure('session_closed', { session: state.view.id })
    },
  })
  setHandler(saySession, ({ key, text }) => context.queueSay(key, text), {
    validator: (_request) => {
      if (['integrating', 'ending', 'over'].includes(state.phase)) {
        throw failure('session_closed', { session: state.view.id })
      }
      if (state.view.status === 'suspended') throw failure('no_longer_needed', { why: 'its bead is no longer its own' })
    },
  })
  setHandler(answerSession, (answer) => {
    if (state.answers.some((known) => known.escalation === answer.escalation)) return
    state.answers = [...state.answers, answer]
  })
  setHandler(beadMoved, (to) => {
    state.moved ??= to
  })
  setHandler(holdSession, ({ away }) => {
    state.hostAway = away
    if (!away) state.askedAbout = null
    context.show({})
  })
  setHandler(reattach, () => {
    context.lookAgain = true
  })
}

function requestEnd(context: SessionContext, request: EndRequest): void {
  // Who asks once more to end it may have changed their mind about waiting for its host.
  context.state.askedAbout = null
  if (context.state.endRequest?.mode === 'canceled') return
  context.state.endRequest = request
  context.show({ note: `${request.actor.name} asked to end it.` })
}

async function claim(context: SessionContext): Promise<void> {
  const { state, server } = context
  const { id, bead, startedBy } = state.view
  const outcome = await server.claimBead({ bead, session: id, actor: startedBy, key: id }).catch(failureOf)
  if ('code' in outcome) return refuse(context, outcome.code, outcome.message)
  if (!outcome.claimed) {
    const holder = outcome.holder ?? `its status, ${outcome.status}`
    return refuse(context, 'bead_already_claimed', failure('bead_already_claimed', { bead, holder }).message)
  }
  state.claimed = true
  state.brief = outcome.bead
  context.show({ beadTitle: outcome.bead.title })
  context.setPhase(state.endRequest === null ? 'starting' : endingPhase(state))
}

/** Where a session goes that is to be ended while it has no pane: its work is kept when the person wants it kept. */
function endingPhase({ endRequest }: SessionState): SessionPhase {
  return endRequest?.mode === 'completed' && revised() ? 'integrating' : 'ending'
}

async function refuse(context: SessionContext, code: string, message: string): Promise<void> {
  const { id, bead, startedBy } = context.state.view
  context.publisher.changed({ kind: 'session.refused', session: id, bead, code, message }, startedBy)
  await finish(context, { reason: 'start_refused', note: message, left: 'refused', noPane: true })
}

async function launch(context: SessionContext): Promise<void> {
  const { state } = context
  const { view, brief } = state
  // A session that goes on from its record reads its bead again.
  if (brief === null) return context.setPhase('claiming')
  const { project, id: session, fence, repository, agent } = view
  const { rules, agentSession: resume } = state
  const request = { project, session, fence, bead: brief, repository, agent, rules, resume }
  try {
    const pane = await context.onHost('start', () => context.host.startPane(request))
    if (pane === undefined) return context.setPhase(endingPhase(state))
    state.cursor = Math.max(state.cursor, pane.cursor)
    context.setPhase('attending')
    context.show({ worktree: pane.worktree, branch: pane.branch, status: 'initializing', note: pane.note })
  } catch (error) {
    await finish(context, { reason: 'start_failed', note: failureOf(error).message, left: 'start_failed' })
  }
}

/** One wait for facts, and what follows from them. */
async function attend(context: SessionContext): Promise<void> {
  const { state } = context
  if (await interrupted(context)) return
  const { id, fence } = state.view
  const { cursor, dialog } = state
  const attended = await context
    .onHost('attend', () => context.watcher.attendPane({ session: id, fence, cursor, dialog }))
    .catch((error: unknown) => attendFailed(context, failureOf(error)))
  if (attended === undefined) return
  for (const fact of attended.facts) {
    // Facts that are still to be taken are not skipped: not by what is recorded meanwhile, nor in another phase.
    state.cursor = Math.max(state.cursor, fact.offset)
    if (state.phase !== 'attending') return
    await take(context, fact)
  }
  state.cursor = Math.max(state.cursor, attended.cursor)
}

/** A pane that is known to be gone is a fact; any other trouble passes, and the wait begins again. */
async function attendFailed(context: SessionContext, known: KnownFailure) {
  const { state } = context
  context.show({ note: known.message })
  if (unheardCodes.includes(known.code)) {
    const gone: Fact = { kind: 'gone', offset: state.cursor, at: new Date().toISOString(), exitStatus: null }
    return { cursor: state.cursor, facts: [gone] }
  }
  await sleep(state.timing.obstructed)
  return undefined
}

/** Handles what must be handled before waiting again; true when the wait is over for now. */
async function interrupted(context: SessionContext): Promise<boolean> {
  const { state } = context
  context.lookAgain = false
  if (state.moved !== null) {
    await onBeadMoved(context, state.moved)
    return true
  }
  if (state.endRequest !== null) {
    context.setPhase(state.endRequest.mode === 'completed' ? 'integrating' : 'ending')
    return true
  }
  if (workflowInfo().continueAsNewSuggested) {
    await context.settled()
    await continueAsNew<typeof session>(state)
  }
  return false
}
