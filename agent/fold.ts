import { emptyDigest, type Ask, type Fact } from '../model/fact.ts'
import type { Frame } from './frames.ts'
import { plainLine, plainText } from '../model/plain-text.ts'

/** What has to be remembered of the frames before, to tell a change from a repetition. A function of the frames alone. */
export interface FoldState {
  readonly working: boolean
  /** Whether the program's own dialog stands on the screen, as far as frames tell: nobody tells of an Escape. */
  readonly dialog: boolean
  /** The tool that the agent is about to use, for the title of a dialog. */
  readonly tool: string
  readonly agentSession: string | null
  /** Where the agent's program writes its conversation down; empty until it has said so. */
  readonly transcript: string
}

export const initialFold: FoldState = { working: false, dialog: false, tool: '', agentSession: null, transcript: '' }

export interface FoldedFact {
  readonly fact: Fact
  /** Where the tokens can be counted; of a `turn-ended` and a `done`. */
  readonly transcript?: string
}

export interface Folded {
  readonly state: FoldState
  readonly facts: readonly FoldedFact[]
}

/** Tool steps say at most that the agent works again; a Stop is the end of a turn (facts/agents.md). */
export function foldFrame(state: FoldState, frame: Frame): Folded {
  const rule = Object.hasOwn(rules, frame.hook) ? rules[frame.hook] : undefined
  const transcript = text(frame, 'transcript_path', 4096) || state.transcript
  return rule === undefined ? { state, facts: [] } : rule({ ...state, transcript }, frame)
}

const rules: Readonly<Record<string, ((state: FoldState, frame: Frame) => Folded) | undefined>> = {
  SessionStart: foldSessionStart,
  // Somebody typed into the terminal: whatever was asked has been answered.
  UserPromptSubmit: (state, frame) => foldWork({ ...state, tool: '' }, frame),
  PreToolUse: (state, frame) => foldWork({ ...state, tool: text(frame, 'tool_name', 80) }, frame),
  PostToolUse: foldWork,
  PermissionRequest: (state, frame) => foldDialog({ ...state, tool: text(frame, 'tool_name', 80) }, frame),
  Notification: foldNotification,
  Stop: foldStop,
  SessionEnd: (state, frame) => {
    const reason = text(frame, 'reason', 200)
    // `/clear` ends one conversation and begins the next in the same program.
    if (reason === 'clear') return { state, facts: [] }
    return { state: { ...state, working: false }, facts: [fact(frame, { kind: 'ended', reason })] }
  },
  GembaState: foldReportedState,
  GembaAsk: foldAsk,
}

function foldSessionStart(state: FoldState, frame: Frame): Folded {
  const id = text(frame, 'session_id', 64)
  const agentSession = /^[A-Za-z0-9-]+$/.test(id) ? id : null
  if (agentSession !== null && agentSession === state.agentSession) return { state, facts: [] }
  return { state: { ...state, agentSession }, facts: [fact(frame, { kind: 'started', agentSession })] }
}

function foldWork(state: FoldState, frame: Frame): Folded {
  const facts: FoldedFact[] = []
  if (state.dialog) facts.push(fact(frame, { kind: 'cleared' }))
  if (!state.working) facts.push(fact(frame, { kind: 'working' }))
  return { state: { ...state, working: true, dialog: false }, facts }
}

function foldNotification(state: FoldState, frame: Frame): Folded {
  const type = text(frame, 'notification_type', 80)
  if (type === 'idle_prompt') return foldIdle(state, frame)
  const message = text(frame, 'message', 200)
  const asks = type === '' ? /permission/i.test(message) : /permission|elicitation|approval|needs_input/i.test(type)
  return asks ? foldDialog(state, frame) : { state, facts: [] }
}

const needsPermission = 'Claude needs your permission'

/** May tell of the same dialog twice: the request and the notification. Whoever sees the screen tells them apart. */
function foldDialog(state: FoldState, frame: Frame): Folded {
  const message = text(frame, 'message', 200) || needsPermission
  const named = state.tool === '' || message.includes(state.tool) || !message.endsWith('permission')
  const title = named ? message : `${message} to use ${state.tool}`
  return {
    state: { ...state, working: false, dialog: true },
    facts: [fact(frame, { kind: 'prompt', prompt: { title, screen: '', screenDigest: '' } })],
  }
}

/** What a dialog is called of which only the screen tells. */
export function dialogTitle({ agentSession, tool }: FoldState): string {
  if (agentSession === null) return 'The agent asks before it starts'
  return tool === '' ? needsPermission : `${needsPermission} to use ${tool}`
}

/** After a turn that was broken off, by a person's no or Escape, no Stop comes. */
function foldIdle(state: FoldState, frame: Frame): Folded {
  if (!state.dialog && state.tool === '') return { state, facts: [] }
  const ready = fact(frame, { kind: 'state', state: 'ready', note: 'The agent stopped in the middle and waits.' })
  return {
    state: { ...state, working: false, tool: '', dialog: false },
    facts: state.dialog ? [fact(frame, { kind: 'cleared' }), ready] : [ready],
  }
}

function foldStop(state: FoldState, frame: Frame): Folded {
  const ended: FoldedFact = {
    ...fact(frame, { kind: 'turn-ended', digest: emptyDigest }),
    transcript: state.transcript,
  }
  return {
    state: { ...state, working: false, tool: '', dialog: false },
    facts: state.dialog ? [fact(frame, { kind: 'cleared' }), ended] : [ended],
  }
}

function foldReportedState(state: FoldState, frame: Frame): Folded {
  const reported = text(frame, 'state', 40)
  const note = text(frame, 'note', 2_000)
  if (reported === 'bead-done') {
    const bead = text(frame, 'bead', 200) || null
    const done = fact(frame, { kind: 'done', bead, note })
    return { state: { ...state, working: false }, facts: [{ ...done, transcript: state.transcript }] }
  }
  if (reported !== 'ready' && reported !== 'working' && reported !== 'prompting' && reported !== 'stalled') {
    return { state, facts: [] }
  }
  return {
    state: { ...state, working: reported === 'working' },
    facts: [fact(frame, { kind: 'state', state: reported, note })],
  }
}

function foldAsk(state: FoldState, frame: Frame): Folded {
  const body = typeof frame.payload['text'] === 'string' ? plainText(frame.payload['text'], 8_000).trim() : ''
  if (body === '') return { state, facts: [] }
  const options = Array.isArray(frame.payload['options']) ? frame.payload['options'] : []
  const ask: Ask = {
    kind: frame.payload['kind'] === 'blocker' ? 'blocker' : 'question',
    role: frame.payload['role'] === 'coach' ? 'coach' : 'manager',
    title: text(frame, 'title', 200) || plainLine(body, 120),
    text: body,
    options: options
      .flatMap((option) => (typeof option === 'string' ? plainLine(option, 200) : []))
      .filter((option) => option !== '')
      .slice(0, 10),
  }
  // A coach does not stop the work: its blocker is a forged one.
  if (ask.kind === 'blocker' && ask.role === 'coach') return { state, facts: [] }
  return { state, facts: [fact(frame, { kind: 'ask', ask })] }
}

type FactBody = Fact extends infer Each ? (Each extends Fact ? Omit<Each, 'offset' | 'at'> : never) : never

function fact(frame: Frame, body: FactBody): FoldedFact {
  return { fact: { offset: frame.offset, at: frame.at, ...body } as Fact }
}

function text(frame: Frame, name: string, limit: number): string {
  const value = frame.payload[name]
  return typeof value === 'string' ? plainLine(value, limit) : ''
}
