/** The events of a session as sentences: who did what, and when. */
import type { Actor } from '../../../model/actor.ts'
import type { EscalationView } from '../../../model/escalation.ts'
import { isFromAgent } from '../../../model/escalation.ts'
import type { GembaEvent } from '../../../model/event.ts'
import type { CloseReason, SessionView } from '../../../model/session.ts'
import { isEnded } from '../../../model/session.ts'
import { workText } from './digest.ts'
import { answerText, viaText } from './words.ts'

export type HistoryKind = 'begun' | 'step' | 'asked' | 'answered' | 'done' | 'trouble' | 'ended'

export interface HistoryEntry {
  readonly key: string
  readonly at: string
  readonly kind: HistoryKind
  readonly text: string
  /** In the words of the agent or of a question, where there are any. */
  readonly said: string
}

/** `note`: what the session noted at that moment. */
type Told = Pick<HistoryEntry, 'kind' | 'text'> & { readonly said?: string; readonly note?: string }

/** Oldest first. `whole`: the first of these events is the first there is. A note that the next sentence tells is left out. */
export function historyOf(events: readonly GembaEvent[], whole: boolean): HistoryEntry[] {
  const steps: (Told & { readonly event: GembaEvent })[] = []
  const questions = new Map<string, EscalationView>()
  let before: SessionView | undefined
  for (const event of events) {
    const { body, actor } = event
    let told: readonly Told[] = []
    if (body.kind === 'session.changed') {
      told = before === undefined && whole ? [begun(body.session)] : changes(before, body.session, actor)
      before = body.session
    } else if (body.kind === 'escalation.changed') {
      told = questionSteps(questions.get(body.escalation.id), body.escalation)
      questions.set(body.escalation.id, body.escalation)
    } else if (body.kind === 'session.refused') {
      told = [{ kind: 'trouble', text: 'The start was refused.', said: body.message }]
    } else if (body.kind === 'bead.released') {
      told = [{ kind: 'step', text: `Gemba gave ${body.bead} back.`, said: body.why }]
    }
    steps.push(...told.map((one) => ({ ...one, event })))
  }
  return steps
    .filter((step, index) => step.kind !== 'step' || step.text !== steps[index + 1]?.note)
    .map(({ event, kind, text, said = '' }) => ({ key: `${event.number} ${text}`, at: event.at, kind, text, said }))
}

function begun({ startedBy, agent, host }: SessionView): Told {
  return { kind: 'begun', text: `${nameOf(startedBy)} started ${agent} on host ${host}${viaText(startedBy.via)}.` }
}

/** What differs between two states of a session; without a state before, only what it is now. */
function changes(before: SessionView | undefined, after: SessionView, actor: Actor): Told[] {
  const told: Told[] = []
  if (after.integratedAs !== null && before !== undefined && before.integratedAs === null) told.push(integrated(after))
  if (isEnded(after.status)) {
    if (before?.status !== after.status) told.push({ ...ended(after, actor), note: after.note })
    return told
  }
  if (before !== undefined && before.waitsForHost !== after.waitsForHost) told.push(hostStep(after))
  if (before !== undefined && before.fence < after.fence)
    told.push({ kind: 'trouble', text: `Gemba starts the agent again, attempt ${after.fence}.` })
  if (after.worktree !== null && before?.worktree === null)
    told.push({ kind: 'step', text: `Its terminal opened on branch ${after.branch}.` })
  if (after.status !== before?.status) told.push(...statusStep(before, after))
  else if (after.note !== '' && after.note !== before.note) told.push({ kind: 'step', text: after.note })
  return told.map((one) => ({ ...one, note: after.note }))
}

function statusStep(before: SessionView | undefined, { status, note }: SessionView): Told[] {
  switch (status) {
    case 'working':
      return [{ kind: 'step', text: `The agent ${before === undefined ? 'works' : doing(before)}.`, said: note }]
    case 'ready':
      return [{ kind: 'step', text: note === '' ? 'The agent ended its turn.' : note }]
    case 'stalled':
      return [{ kind: 'trouble', text: 'The agent is stuck.', said: note }]
    case 'suspended':
      return [{ kind: 'trouble', text: 'Gemba paused the session.', said: note }]
    case 'integrating':
      return [{ kind: 'step', text: 'The work is being brought in.', said: note }]
    case 'initializing':
      return note === '' ? [] : [{ kind: 'trouble', text: note }]
    case 'prompting':
    case 'completed':
    case 'failed':
      return []
  }
}

function hostStep({ host, waitsForHost }: SessionView): Told {
  return waitsForHost
    ? { kind: 'trouble', text: `Host ${host} does not answer; the session waits for it.` }
    : { kind: 'step', text: `Host ${host} is back.` }
}

function doing(before: SessionView): string {
  return before.status === 'initializing' ? 'began to work' : 'went on'
}

function integrated({ integratedAs, digest }: SessionView): Told {
  const work = workText(digest)
  const what = work === '' ? 'its work' : work
  return { kind: 'done', text: `Gemba brought in ${what} as ${integratedAs?.slice(0, 12)}.` }
}

const endings: Readonly<Record<CloseReason, string>> = {
  bead_done: 'Gemba closed the bead: done.',
  user_stop: 'The session was ended.',
  start_refused: 'The session ended: the bead could not be claimed.',
  start_failed: 'The session ended: the agent could not be started.',
  transport_error: 'The session ended: its terminal was lost.',
  provider_exit: 'The session ended: the agent quit by itself.',
  bead_moved: 'The session ended: the bead was taken elsewhere.',
}

function ended({ closeReason, note }: SessionView, actor: Actor): Told {
  if (closeReason === 'user_stop' && actor.via !== 'system')
    return { kind: 'ended', text: `${nameOf(actor)} ended the session${viaText(actor.via)}.` }
  const text = closeReason === null ? 'The session ended.' : endings[closeReason]
  return { kind: closeReason === 'bead_done' ? 'done' : 'ended', text, said: note }
}

function questionSteps(before: EscalationView | undefined, after: EscalationView): Told[] {
  const told: Told[] = []
  if (after.state === before?.state) return told
  if (before === undefined && after.state === 'open') told.push({ kind: 'asked', text: asks(after), said: after.title })
  if (after.decision !== null && (before === undefined ? after.state === 'decided' : before.decision === null)) {
    const { by, via } = after.decision
    told.push({ kind: 'answered', text: `${by} answered${viaText(via)}.`, said: answerText(after) })
  }
  if (after.state === 'delivered' && after.session !== null && isFromAgent(after.source))
    told.push({ kind: 'step', text: 'The answer reached the agent.' })
  if (after.state === 'unconfirmed') told.push({ kind: 'trouble', text: 'Nobody can say that the answer arrived.' })
  if (after.state === 'moot' && before?.state === 'open')
    told.push({ kind: 'step', text: 'The question was no longer needed.', said: after.note })
  return told
}

function asks(escalation: EscalationView): string {
  if (escalation.source === 'permission_prompt') return 'The agent asked for permission.'
  return isFromAgent(escalation.source) ? 'The agent asked.' : 'Gemba asked what to do.'
}

function nameOf({ name, via }: Actor): string {
  return via === 'system' ? 'Gemba' : name
}
