import { condition } from '@temporalio/workflow'
import type { EscalationOption } from '../model/escalation.ts'
import type { HostTask } from '../temporal/contracts/session.ts'
import type { SessionContext } from './session-context.ts'
import { answerTo, ask, settle } from './session-questions.ts'

/**
 * Puts it to people, once, that a session waits for a host that is offline, and takes that back when the host is there
 * again. Nothing is moved to another host by itself: the agent may live (design, "Rules").
 */
export async function mindHost(context: SessionContext): Promise<never> {
  const { state } = context
  for (;;) {
    await condition(() => state.left === null && (askedOf(context) !== undefined || isDue(context)))
    const escalation = askedOf(context) ?? (await askAboutHost(context))
    const answer = await answerTo(context, escalation, () => !state.hostAway)
    if (answer === undefined) {
      await settle(context, escalation, 'moot', `Host ${state.view.host} answers again.`)
      continue
    }
    await settle(context, escalation, 'delivered', '')
    if (answer.value === 'leave') state.left = { by: answer.by }
  }
}

function isDue({ state, waits }: SessionContext): boolean {
  return state.hostAway && waits !== null && waits !== state.askedAbout
}

/** The question that stands, perhaps since an earlier run. */
function askedOf({ state }: SessionContext): string | undefined {
  return state.questions.find((question) => question.source === 'host_offline')?.escalation
}

function askAboutHost(context: SessionContext): Promise<string> {
  const { view, ending } = context.state
  const task = context.waits ?? 'attend'
  context.state.askedAbout = task
  const title = `Host ${view.host} does not answer.`
  const text = texts[task](view.id)
  const asked = { source: 'host_offline', title, text, screenDigest: null, ask: null } as const
  return ask(context, asked, [wait, ending?.keepBead === true ? leavePane : giveBack], false)
}

const texts: Readonly<Record<HostTask, (session: string) => string>> = {
  start: (session) => `Session ${session} waits for its agent to be started there. It may have been started.`,
  attend: (session) => `Nothing is heard of session ${session}. Its agent may go on working there.`,
  integrate: (session) =>
    `Session ${session} waits for its work to be brought in there. The work may have been brought in.`,
  end: (session) => `Session ${session} waits to be ended there. Its agent may still run.`,
}

const wait: EscalationOption = { value: 'wait', label: 'Wait for the host', tone: 'positive' }
const giveBack: EscalationOption = {
  value: 'leave',
  label: 'Give the bead back, leave the pane to the host',
  tone: 'negative',
}
const leavePane: EscalationOption = { value: 'leave', label: 'Leave the pane to the host', tone: 'negative' }
