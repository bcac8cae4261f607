import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import {
  approveOptions,
  isFromAgent,
  spoken,
  type EscalationOption,
  type EscalationRequest,
} from '../model/escalation.ts'
import { delivered, escalationWorkflowId, moot, type EscalationState } from '../temporal/contracts/escalation.ts'
import { nothingPublished } from '../temporal/contracts/publishing.ts'
import type { Answer, OpenQuestion, SessionState } from '../temporal/contracts/session.ts'
import { attributesOf } from '../temporal/search-attributes.ts'
import { failureOf } from './failure.ts'
import { revised } from './revised.ts'
import type { SessionContext } from './session-context.ts'

/** Questions that one session may have open at a time. */
const mostQuestions = 20

export type Asked = Pick<OpenQuestion, 'source' | 'title' | 'text' | 'screenDigest' | 'ask'>

/**
 * Puts a question to people and returns its escalation. An agent that was launched anew and asks the same again revives
 * the question of its earlier life, with the answer that may have been given meanwhile.
 */
export async function ask(
  context: SessionContext,
  asked: Asked,
  options: readonly EscalationOption[],
  freeText: boolean,
): Promise<string> {
  const { state } = context
  const standing = state.questions.find((question) => isSame(question, asked))
  if (standing !== undefined && revised()) return standing.escalation
  const before = askedBefore(state.questions, asked)
  if (before !== undefined) {
    const revived = { ...before, live: true, screenDigest: asked.screenDigest, ask: asked.ask }
    state.questions = state.questions.map((question) => (question === before ? revived : question))
    return before.escalation
  }
  if (isTooMuch(state, asked)) {
    context.show({ note: `It asked more than ${mostQuestions} things at once; the rest was not put to people.` })
    if (revised() && asked.ask !== null) context.queueSay(`unasked-${asked.ask}`, unasked(asked.title))
    return ''
  }
  state.raised += 1
  const { view } = state
  const id = escalationWorkflowId(view.project, view.id, String(state.raised))
  const { source, title, text, screenDigest, ask: offset } = asked
  // Under 0.1.0 a question that was asked again kept its old name.
  const name = revised() ? id : ((asked as Partial<OpenQuestion>).escalation ?? id)
  state.questions = [
    ...state.questions,
    { escalation: name, source, title, text, screenDigest, ask: offset, live: true },
  ]
  context.asking += 1
  await startEscalation(context, escalationInput(context, id, asked, options, freeText)).finally(() => {
    context.asking -= 1
  })
  context.show({})
  return id
}

async function startEscalation({ state: { view } }: SessionContext, input: EscalationState): Promise<void> {
  await startChild('escalation', {
    workflowId: input.view.id,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowTaskTimeout: 2_000,
    typedSearchAttributes: attributesOf({
      kind: 'escalation',
      project: view.project,
      session: view.id,
      bead: view.bead,
    }),
  }).catch((error: unknown) => {
    // It was brought back from the record before its session asked it again.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  })
}

/** The answer of people to an escalation that the workflow itself carries out; undefined when `until` came first. */
export async function answerTo(
  context: SessionContext,
  escalation: string,
  until: () => boolean,
): Promise<Answer | undefined> {
  const find = (): Answer | undefined => context.state.answers.find((answer) => answer.escalation === escalation)
  await condition(() => find() !== undefined || until())
  return find()
}

/** Tells an escalation how it came out and forgets it. */
export async function settle(
  context: SessionContext,
  escalation: string,
  outcome: 'delivered' | 'unconfirmed' | 'moot',
  note: string,
): Promise<void> {
  const { state } = context
  if (escalation === '') return
  state.questions = state.questions.filter((question) => question.escalation !== escalation)
  state.answers = state.answers.filter((answer) => answer.escalation !== escalation)
  const handle = getExternalWorkflowHandle(escalation)
  const told = outcome === 'moot' ? handle.signal(moot, { why: note }) : handle.signal(delivered, { outcome, note })
  // A signal that is under way at continue-as-new is dropped.
  context.asking += 1
  await told
    .catch(() => undefined)
    .finally(() => {
      context.asking -= 1
    })
  // The agent's own word that it works again may have come while the question still stood.
  const over = state.view.status === 'prompting' && !isAsking(state)
  context.show(over ? { status: 'working', note: '' } : {})
}

/** The dialogs that were on the screen are gone: somebody answered in the terminal. */
export async function questionsCleared(context: SessionContext): Promise<void> {
  const { state } = context
  const answered = (question: OpenQuestion): boolean =>
    state.answers.some((answer) => answer.escalation === question.escalation)
  const cleared = state.questions.filter(
    (question) => question.live && question.source === 'permission_prompt' && !answered(question),
  )
  for (const question of cleared) await settle(context, question.escalation, 'moot', 'It was answered in the terminal.')
  if (!isAsking(state)) context.show({ status: 'working', note: '' })
}

/** The agent that asked is gone; its questions wait for it to come back. */
export function questionsOrphaned(context: SessionContext): void {
  const { state } = context
  state.questions = state.questions.map((question) =>
    isFromAgent(question.source) ? { ...question, live: false } : question,
  )
}

/**
 * Types the answers of people into the pane, one after the other, for as long as the session lives. What stands in the
 * way of one may be what another answers: after a try that failed the others come first.
 */
export async function deliverAnswers(context: SessionContext): Promise<never> {
  const { state } = context
  let tried: readonly string[] = []
  for (;;) {
    await condition(() => answersDue(context).length > 0)
    const due = answersDue(context)
    const next = due.find(({ answer }) => !tried.includes(answer.escalation)) ?? due[0]
    if (next === undefined) continue
    const { answer, question } = next
    const putOff = async (): Promise<void> => {
      tried = [...tried, answer.escalation]
      const others = answersDue(context).some((other) => !tried.includes(other.answer.escalation))
      if (others && revised()) return
      tried = []
      await sleep(state.timing.obstructed)
    }
    const outcome = await context.host
      .deliverAnswer({
        session: state.view.id,
        fence: state.view.fence,
        escalation: answer.escalation,
        confirmMs: state.timing.confirm,
        answer:
          question.screenDigest === null
            ? { kind: 'text', text: spoken(answer), ...(question.ask === null ? {} : { ask: question.ask }) }
            : { kind: 'permission', approve: answer.value === 'approve', screenDigest: question.screenDigest },
      })
      .catch(failureOf)
    if ('code' in outcome && unheardCodes.includes(outcome.code)) unheard(context, answer.escalation)
    else if ('code' in outcome || outcome.outcome === 'obstructed') await putOff()
    else await settleDelivered(context, question, outcome.outcome, outcome.note)
  }
}

/** Whether the agent waits for an answer of people. */
export function isAsking(state: SessionState): boolean {
  return state.questions.some((question) => question.live && isFromAgent(question.source))
}

/** Whether texts may be typed into the pane: not after its bead became somebody else's. */
export function takesInput(state: SessionContext['state']): boolean {
  return state.phase === 'attending' && state.view.status !== 'suspended'
}

/** The codes that mean that the agent which asked is no longer there. */
export const unheardCodes: readonly string[] = ['pane_gone', 'fence_stale', 'session_closed', 'session_not_found']

/**
 * A dialog whose answer nobody can vouch for is put to people again: it may still stand there. One that was seen to go is
 * forgotten, also by the attend that runs, so that the very same dialog is asked about when it comes again.
 */
async function settleDelivered(
  context: SessionContext,
  question: OpenQuestion,
  outcome: 'delivered' | 'unconfirmed' | 'moot',
  note: string,
): Promise<void> {
  await settle(context, question.escalation, outcome, note)
  if (question.screenDigest === null) return
  if (outcome !== 'unconfirmed') {
    if (context.state.dialog !== question.screenDigest) return
    context.state.dialog = null
    context.lookAgain = true
    return
  }
  const title = `Asked again, the answer may not have arrived: ${question.title}`.slice(0, 300)
  await ask(context, { ...question, title }, approveOptions, false)
}

function escalationInput(
  { state }: SessionContext,
  id: string,
  asked: Asked,
  options: readonly EscalationOption[],
  freeText: boolean,
): EscalationState {
  const { view, timing } = state
  const request: EscalationRequest = {
    id,
    project: view.project,
    source: asked.source,
    urgency: isAdvisory(asked, state) ? 'advisory' : 'blocking',
    session: view.id,
    bead: view.bead,
    host: view.host,
    title: asked.title || asked.text.slice(0, 120),
    text: asked.text,
    options,
    freeText,
    createdAt: new Date().toISOString(),
  }
  return {
    schema: 1,
    carrier: { kind: 'session', workflowId: workflowInfo().workflowId },
    timing,
    view: { ...request, state: 'open', decision: null, note: '' },
    decidedKey: null,
    publishing: nothingPublished(Date.now()),
  }
}

/** Whether the agent goes on meanwhile, as far as one can know. */
function isAdvisory({ source }: Asked, { rules, phase }: SessionState): boolean {
  if (source === 'host_offline') return phase === 'attending'
  return source === 'question' && rules.interactionMode === 'balanced'
}

/** Whether the agent was heard twice: a session that goes on from its record reads its last frames again. */
function isSame(question: OpenQuestion, { source, ask, screenDigest }: Asked): boolean {
  if (!question.live || question.source !== source) return false
  return (ask !== null && question.ask === ask) || (screenDigest !== null && question.screenDigest === screenDigest)
}

function askedBefore(questions: readonly OpenQuestion[], asked: Asked): OpenQuestion | undefined {
  const same = (question: OpenQuestion): boolean =>
    question.source === asked.source && question.title === asked.title && question.text === asked.text
  return questions.find((question) => !question.live && same(question))
}

/** The answers that the agent can take, in the order in which they were given. */
function answersDue({ state }: SessionContext): { answer: Answer; question: OpenQuestion }[] {
  if (!takesInput(state)) return []
  return state.answers.flatMap((answer) => {
    const question = state.questions.find((known) => known.escalation === answer.escalation && known.live)
    return question !== undefined && isFromAgent(question.source) ? [{ answer, question }] : []
  })
}

/** A dialog holds the agent up until it is answered, so it is always put to people. */
function isTooMuch(state: SessionState, { source }: Asked): boolean {
  if (!isFromAgent(source) || state.questions.length < mostQuestions) return false
  return source !== 'permission_prompt' || !revised()
}

function unasked(title: string): string {
  const why = `${mostQuestions} of your questions are still open, so this one was not put to people: ${title}`
  return `${why}\nGo on as you think best, or ask again later.`
}

/** The agent that asked can not hear the answer: the answer waits for it to ask again. */
function unheard(context: SessionContext, escalation: string): void {
  const { state } = context
  state.questions = state.questions.map((question) =>
    question.escalation === escalation ? { ...question, live: false } : question,
  )
  context.lookAgain = true
}
