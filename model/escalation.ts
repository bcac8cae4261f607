/** A question that waits for a person. Silence is neither yes nor no. */
export type EscalationSource =
  | 'permission_prompt'
  | 'question'
  | 'blocker'
  | 'bead_done_with_dirty_worktree'
  | 'integration_conflict'
  | 'integration_blocked'
  | 'bead_moved'
  | 'host_offline'
  | 'stray_pane'
  | 'unknown_holder'
  | 'review'

export interface EscalationOption {
  readonly value: string
  readonly label: string
  /** How heavy the choice is: the console asks twice before a destructive one. */
  readonly tone: 'positive' | 'negative' | 'destructive' | 'neutral'
}

export interface EscalationRequest {
  readonly id: string
  readonly project: string
  readonly source: EscalationSource
  readonly urgency: 'blocking' | 'advisory'
  readonly session: string | null
  readonly bead: string | null
  readonly host: string | null
  readonly title: string
  /** Untrusted text from the agent, bounded, escapes stripped. */
  readonly text: string
  readonly options: readonly EscalationOption[]
  /** Whether a free text may be given as the answer. */
  readonly freeText: boolean
  readonly createdAt: string
}

/** open → decided → delivered; decided → unconfirmed when nobody can say that it arrived; moot when it no longer matters. */
export type EscalationState = 'open' | 'decided' | 'delivered' | 'unconfirmed' | 'moot'

export interface Decision {
  readonly value: string
  readonly text: string
  readonly by: string
  readonly via: string
  readonly at: string
}

export interface EscalationView extends EscalationRequest {
  readonly state: EscalationState
  readonly decision: Decision | null
  readonly note: string
}

const sourcesOfAgents: readonly EscalationSource[] = ['permission_prompt', 'question', 'blocker']

/** Whether the agent itself asked, so that the answer goes into its pane; other answers are carried out by Gemba. */
export function isFromAgent(source: EscalationSource): boolean {
  return sourcesOfAgents.includes(source)
}

export const approveOptions: readonly EscalationOption[] = [
  { value: 'approve', label: 'Approve', tone: 'positive' },
  { value: 'deny', label: 'Deny', tone: 'negative' },
]

/** The value of an answer in a person's own words. */
export const ownWords = 'text'

type Choice = Pick<EscalationRequest, 'options' | 'freeText'>

/** Whether an answer is one of the options, or words where words may be given. */
export function isAnswer(request: Choice, { value, text }: { value: string; text: string }): boolean {
  if (request.options.some((option) => option.value === value)) return true
  return request.freeText && value === ownWords && text.trim() !== ''
}

/** What may be answered, for a person: “one of: red, blue, or with …”. */
export function possibleAnswers({ options, freeText }: Choice): string {
  const named = options.length === 0 ? [] : [`one of: ${options.map((option) => option.value).join(', ')}`]
  const own = freeText ? [`words of your own (value \`${ownWords}\`, the words as its text)`] : []
  return [...named, ...own].join(', or with ')
}

/** What the agent is told: the words, or the option. */
export function spoken({ value, text }: { value: string; text: string }): string {
  return value === ownWords && text.trim() !== '' ? text : value
}
