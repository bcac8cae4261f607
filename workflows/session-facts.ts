import { condition } from '@temporalio/workflow'
import { approveOptions, type EscalationOption } from '../model/escalation.ts'
import type { Ask, Fact } from '../model/fact.ts'
import type { SessionContext } from './session-context.ts'
import { finish } from './session-ending.ts'
import { ask, questionsCleared, questionsOrphaned } from './session-questions.ts'
import { statusAfter } from './session-status.ts'

/** What follows from a fact that the host tells of an attended pane. */
export async function take(context: SessionContext, fact: Fact): Promise<void> {
  const { state } = context
  switch (fact.kind) {
    case 'cleared':
      state.dialog = null
      return questionsCleared(context)
    case 'gone':
      return relaunch(context)
    case 'started':
      state.agentSession = fact.agentSession ?? state.agentSession
      break
    case 'prompt': {
      const { title, screen, screenDigest } = fact.prompt
      state.dialog = screenDigest
      await ask(
        context,
        { source: 'permission_prompt', title, text: screen, screenDigest, ask: null },
        approveOptions,
        false,
      )
      break
    }
    case 'ask':
      await onAsk(context, fact.ask, fact.offset)
      break
    case 'turn-ended': {
      const { tokensIn, tokensOut } = fact.digest
      context.show({ digest: { ...state.view.digest, tokensIn, tokensOut } })
      break
    }
    case 'done':
      return onDone(context, fact)
    case 'working':
    case 'state':
    case 'ended':
      break
  }
  context.show(statusAfter(fact, state) ?? {})
}

function onDone(context: SessionContext, { bead, note, digest }: Extract<Fact, { kind: 'done' }>): void {
  const { view } = context.state
  const counted = digest === undefined ? {} : { tokensIn: digest.tokensIn, tokensOut: digest.tokensOut }
  const after = { digest: { ...view.digest, ...counted } }
  if (bead !== null && bead !== view.bead) {
    return context.show({ ...after, note: `The agent reported ${bead} done, which is not its bead.` })
  }
  context.show({ ...after, note })
  context.setPhase('integrating')
}

async function onAsk(context: SessionContext, asked: Ask, offset: number): Promise<void> {
  if (context.state.rules.interactionMode === 'dangerous') return
  const options = asked.options.map((label): EscalationOption => ({ value: label, label, tone: 'neutral' }))
  const { kind: source, title, text } = asked
  await ask(context, { source, title, text, screenDigest: null, ask: offset }, options, true)
}

async function relaunch(context: SessionContext): Promise<void> {
  const { state } = context
  questionsOrphaned(context)
  state.dialog = null
  const most = state.timing.relaunch.length
  const wait = state.timing.relaunch[state.relaunches]
  if (wait === undefined) {
    const note = `The pane was lost ${state.relaunches + 1} times.`
    return finish(context, { reason: 'transport_error', note, left: 'died' })
  }
  state.relaunches += 1
  const note = `The pane was lost; starting it again (${state.relaunches} of ${most}).`
  context.show({ status: 'initializing', note })
  await condition(() => state.endRequest !== null, wait)
  if (state.endRequest !== null) return
  context.show({ fence: state.view.fence + 1 })
  context.setPhase('starting')
}
