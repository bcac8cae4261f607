/** The words and glyphs of states: a state is never told by colour alone. */
import type { StateCategory } from '../../../model/bead.ts'
import type { EscalationView } from '../../../model/escalation.ts'
import { isFromAgent } from '../../../model/escalation.ts'
import type { HostStatus } from '../../../model/host.ts'
import type { CloseReason, SessionStatus, SessionView } from '../../../model/session.ts'
import type { IconName } from '../components/ui/icons.ts'

export type Tone = 'plain' | 'busy' | 'good' | 'wait' | 'bad' | 'merge'

export interface Sign {
  readonly word: string
  readonly icon: IconName
  readonly tone: Tone
}

export interface LaneWords {
  readonly state: StateCategory
  readonly title: string
  /** What it is for, shown while it is empty. */
  readonly teach: string
  /** What moving a bead here does besides, where it does. */
  readonly effect: string
}

export const lanes: readonly LaneWords[] = [
  {
    state: 'backlog',
    title: 'Backlog',
    teach: 'Ideas and deferred beads rest here until somebody picks them up.',
    effect: '',
  },
  {
    state: 'unstarted',
    title: 'Next up',
    teach: 'Open beads wait here. Press “New bead” to write the first one.',
    effect: '',
  },
  { state: 'staged', title: 'Staged', teach: 'Move beads here that should be worked next.', effect: '' },
  {
    state: 'started',
    title: 'In progress',
    teach: 'Move a bead here and an agent starts on it within a second.',
    effect: 'starts an agent',
  },
  {
    state: 'completed',
    title: 'Done',
    teach: 'Beads land here once their work is integrated.',
    effect: 'closes it',
  },
]

/** Where nothing is dispatched, moving a bead starts nobody. */
const plainStarted: LaneWords = {
  state: 'started',
  title: 'In progress',
  teach: 'Move a bead here when somebody works on it.',
  effect: '',
}

/** The lanes in the words of a server that dispatches, or of one that only keeps beads. */
export function lanesFor(dispatches: boolean): readonly LaneWords[] {
  if (dispatches) return lanes
  const done = (lane: LaneWords): LaneWords => ({ ...lane, teach: 'Beads land here once they are closed.' })
  return lanes.map((lane) => (lane.state === 'started' ? plainStarted : lane.state === 'completed' ? done(lane) : lane))
}

export function laneTitle(state: StateCategory): string {
  return lanes.find((lane) => lane.state === state)?.title ?? state
}

const priorities = ['Critical', 'High', 'Medium', 'Low', 'Lowest'] as const

export function priorityWord(priority: number): string {
  return priorities[priority] ?? `Priority ${priority}`
}

export const priorityChoices = priorities.map((word, value) => ({ value, word }))

const sessionSigns: Readonly<Record<SessionStatus, Sign>> = {
  initializing: { word: 'starting', icon: 'hourglass', tone: 'busy' },
  ready: { word: 'ready', icon: 'dot', tone: 'good' },
  working: { word: 'working', icon: 'pulse', tone: 'good' },
  prompting: { word: 'needs you', icon: 'hand', tone: 'wait' },
  stalled: { word: 'stalled', icon: 'alert', tone: 'wait' },
  suspended: { word: 'paused', icon: 'pause', tone: 'plain' },
  integrating: { word: 'integrating', icon: 'merge', tone: 'merge' },
  completed: { word: 'done', icon: 'check', tone: 'plain' },
  failed: { word: 'not done', icon: 'cross', tone: 'bad' },
}

export const startingSign: Sign = { word: 'starting…', icon: 'hourglass', tone: 'busy' }
const stoppedSign: Sign = { word: 'stopped', icon: 'pause', tone: 'plain' }
const hostlessSign: Sign = { word: 'waiting for its host', icon: 'plug', tone: 'wait' }

type Signed = Pick<SessionView, 'status' | 'openEscalations' | 'closeReason' | 'waitsForHost'>

/** A session without its host shows that; else an escalation that waits makes it need a person, whatever else it does. */
export function sessionSign(session: Signed): Sign {
  const ended = session.status === 'completed' || session.status === 'failed'
  if (ended && session.closeReason === 'user_stop') return stoppedSign
  if (!ended && session.waitsForHost) return hostlessSign
  return !ended && session.openEscalations.length > 0 ? sessionSigns.prompting : sessionSigns[session.status]
}

const closeReasons: Readonly<Record<CloseReason, string>> = {
  bead_done: 'the bead was done',
  user_stop: 'a person ended it',
  start_refused: 'the bead could not be claimed',
  start_failed: 'the agent could not be started',
  transport_error: 'its pane was lost',
  provider_exit: 'the agent quit by itself',
  bead_moved: 'the bead was taken elsewhere',
}

export function closeReasonText(reason: CloseReason | null): string {
  return reason === null ? '' : closeReasons[reason]
}

export const hostSigns: Readonly<Record<HostStatus, Sign>> = {
  enrolling: { word: 'enrolling', icon: 'hourglass', tone: 'busy' },
  online: { word: 'online', icon: 'dot', tone: 'good' },
  degraded: { word: 'degraded', icon: 'alert', tone: 'wait' },
  offline: { word: 'offline', icon: 'cross', tone: 'bad' },
  revoked: { word: 'revoked', icon: 'blocked', tone: 'bad' },
}

/** What a host's status means for the work on it. */
export const hostMeaning: Readonly<Record<HostStatus, string>> = {
  enrolling: 'It has been invited and has not come yet.',
  online: '',
  degraded: 'It was not heard of for a while. Its agents go on; what they say may come late.',
  offline: 'It is not heard of. Its sessions wait for it; nothing is started on it.',
  revoked: 'It was shut out. It gets no more work.',
}

/** What became of a decision: decided is not delivered. */
export function decisionText(escalation: EscalationView): string {
  const { decision, state, host, note } = escalation
  if (state === 'open') return 'Waiting for an answer.'
  if (state === 'moot') return note === '' ? 'No longer needed.' : `No longer needed: ${note}`
  if (decision === null) return note
  const who = `Decided by ${decision.by} (${decision.via})`
  if (state === 'decided') return `${who}, waiting for ${host === null ? 'Gemba' : `host ${host}`}.`
  if (state === 'delivered') return `${who}, delivered.`
  return `${who}; nobody can say that it arrived. Look at the terminal before you do anything else.`
}

const doors: Readonly<Record<string, string>> = {
  console: ' in the console',
  api: ' through the API',
  cli: ' on the command line',
  chat: ' in chat',
  terminal: ' in the terminal',
}

/** Where a person acted, to be put after what they did. */
export function viaText(via: string): string {
  return doors[via] ?? ''
}

/** "claude asks for permission"; the bead it is about follows. */
export function askerOf(escalation: EscalationView, agent: string | undefined): string {
  if (!isFromAgent(escalation.source)) return 'Gemba asks'
  const who = agent ?? 'An agent'
  return escalation.source === 'permission_prompt' ? `${who} asks for permission` : `${who} asks`
}

/** The chosen option's label, or the free text. */
export function answerText(escalation: EscalationView): string {
  if (escalation.decision === null) return ''
  const { value, text } = escalation.decision
  return escalation.options.find((option) => option.value === value)?.label ?? (text === '' ? value : text)
}

const typeIcons: Readonly<Record<string, IconName>> = {
  bug: 'bug',
  feature: 'spark',
  epic: 'layers',
  milestone: 'flag',
  chore: 'wrench',
  decision: 'fork',
  spike: 'search',
  story: 'book',
}

export function typeIcon(type: string): IconName {
  return typeIcons[type] ?? 'task'
}
