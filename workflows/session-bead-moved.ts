import type { EscalationOption } from '../model/escalation.ts'
import type { SessionState } from '../temporal/contracts/session.ts'
import type { SessionContext } from './session-context.ts'
import { finish } from './session-ending.ts'
import { answerTo, ask, settle } from './session-questions.ts'

type Moved = NonNullable<SessionState['moved']>

/** The bead is no longer ours: no more input, and a person decides. It is never claimed again. */
export async function onBeadMoved(context: SessionContext, to: Moved): Promise<void> {
  const { state } = context
  if (to.status === 'closed' && state.rules.agentCloses) return bringIn(context)
  const { title, options } = movedQuestion(state.view.bead, to)
  context.show({ status: 'suspended', note: title })
  const asked = { source: 'bead_moved', title, text: '', screenDigest: null, ask: null } as const
  const escalation = await ask(context, asked, options, false)
  const answer = await answerTo(context, escalation, () => state.endRequest !== null)
  await settle(context, escalation, 'delivered', '')
  if (answer?.value === 'integrate') return bringIn(context)
  await finish(context, { reason: 'bead_moved', note: title, left: 'ended', keepBead: true })
}

function bringIn(context: SessionContext): void {
  context.state.moved = null
  context.state.integrateAnyway = true
  context.setPhase('integrating')
}

function movedQuestion(bead: string, to: Moved): { title: string; options: EscalationOption[] } {
  const end: EscalationOption = { value: 'end', label: 'End the session, keep its worktree', tone: 'negative' }
  if (to.status === 'closed') {
    const integrate: EscalationOption = { value: 'integrate', label: 'Bring its work in', tone: 'positive' }
    return { title: `Bead ${bead} was closed while it was being worked.`, options: [integrate, end] }
  }
  const holder = to.assignee === null || to.assignee === '' ? 'nobody' : to.assignee
  const title = `Bead ${bead} is no longer held by this session: it is ${to.status}, held by ${holder}.`
  return { title, options: [end] }
}
