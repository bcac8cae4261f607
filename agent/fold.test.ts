import { describe, expect, it } from 'vitest'
import { foldFrame, initialFold, type FoldState } from './fold.ts'
import type { Frame } from './frames.ts'

function frame(hook: string, payload: Record<string, unknown> = {}): Frame {
  return { offset: 7, next: 9, at: '2026-01-01T00:00:00.000Z', fence: 1, hook, event: 'e', payload }
}

const idle = initialFold
const working: FoldState = { ...idle, working: true }
const dialog: FoldState = { ...idle, dialog: true }

describe('foldFrame', () => {
  it.each<[string, FoldState, Frame, string[], Partial<FoldState>]>([
    ['a start', idle, frame('SessionStart', { session_id: 'a-1' }), ['started'], { agentSession: 'a-1' }],
    ['the same start', { ...idle, agentSession: 'a-1' }, frame('SessionStart', { session_id: 'a-1' }), [], {}],
    [
      'a start after /clear',
      { ...idle, agentSession: 'a' },
      frame('SessionStart', { session_id: 'b' }),
      ['started'],
      {},
    ],
    [
      'a forged conversation id',
      idle,
      frame('SessionStart', { session_id: '--x y' }),
      ['started'],
      { agentSession: null },
    ],
    ['the first tool', idle, frame('PreToolUse', { tool_name: 'Bash' }), ['working'], { working: true, tool: 'Bash' }],
    ['the next tool', working, frame('PreToolUse'), [], { working: true }],
    ['a tool that ended', working, frame('PostToolUse'), [], {}],
    ['a tool behind a dialog', dialog, frame('PostToolUse'), ['cleared', 'working'], { dialog: false, working: true }],
    ['a prompt behind a dialog', dialog, frame('UserPromptSubmit'), ['cleared', 'working'], { dialog: false }],
    ['an answer that was taken', working, frame('GembaAnswered'), [], {}],
    [
      'a permission dialog',
      working,
      frame('Notification', { notification_type: 'permission_prompt' }),
      ['prompt'],
      { dialog: true, working: false },
    ],
    [
      'a permission request',
      working,
      frame('PermissionRequest', { tool_name: 'Bash' }),
      ['prompt'],
      { dialog: true, tool: 'Bash', working: false },
    ],
    ['another need', working, frame('Notification', { notification_type: 'agent_needs_input' }), ['prompt'], {}],
    [
      'an older permission dialog',
      working,
      frame('Notification', { message: 'Claude needs your permission' }),
      ['prompt'],
      { dialog: true },
    ],
    [
      'an idle notice',
      idle,
      frame('Notification', { notification_type: 'idle_prompt', message: 'permission' }),
      [],
      {},
    ],
    [
      'an idle notice after a no',
      { ...dialog, tool: 'Bash' },
      frame('Notification', { notification_type: 'idle_prompt' }),
      ['cleared', 'state'],
      { dialog: false, tool: '' },
    ],
    ['the end of a turn', working, frame('Stop'), ['turn-ended'], { working: false }],
    ['the end of a turn behind a dialog', dialog, frame('Stop'), ['cleared', 'turn-ended'], { dialog: false }],
    ['the end of a subagent', working, frame('SubagentStop'), [], { working: true }],
    [
      'the end of the program',
      working,
      frame('SessionEnd', { reason: 'prompt_input_exit' }),
      ['ended'],
      { working: false },
    ],
    ['/clear', working, frame('SessionEnd', { reason: 'clear' }), [], { working: true }],
    ['ready', working, frame('GembaState', { state: 'ready' }), ['state'], { working: false }],
    ['initializing', idle, frame('GembaState', { state: 'initializing' }), [], {}],
    ['an unknown state', idle, frame('GembaState', { state: 'rm -rf' }), [], {}],
    [
      'done',
      working,
      frame('GembaState', { state: 'bead-done', bead: 'ex-1', note: 'ok' }),
      ['done'],
      { working: false },
    ],
    ['a question', working, frame('GembaAsk', { kind: 'question', text: 'Which?' }), ['ask'], { working: true }],
    ['an empty question', working, frame('GembaAsk', { text: ' ' }), [], { working: true }],
    [
      "a coach's blocker",
      working,
      frame('GembaAsk', { kind: 'blocker', role: 'coach', text: 'x' }),
      [],
      { working: true },
    ],
    ['an unknown hook', working, frame('toString'), [], {}],
  ])('%s', (_, before, input, facts, after) => {
    const folded = foldFrame(before, input)
    expect(folded.facts.map(({ fact }) => fact.kind)).toEqual(facts)
    expect(folded.state).toMatchObject(after)
    for (const { fact } of folded.facts) expect(fact).toMatchObject({ offset: 7, at: input.at })
  })

  it('takes escapes and excess out of what it tells', () => {
    const text = `\u001b[2J\u202eWhich?${'x'.repeat(20_000)}`
    const [folded] = foldFrame(idle, frame('GembaAsk', { text, options: ['a\nb', 5, '\u001b[1m', 'c'] })).facts
    if (folded?.fact.kind !== 'ask') throw new Error('no ask')
    expect(folded.fact.ask).toMatchObject({ kind: 'question', role: 'manager', options: ['a b', 'c'] })
    expect(folded.fact.ask.text.startsWith('Which?')).toBe(true)
    expect(folded.fact.ask.text.length).toBeLessThanOrEqual(8_000)
    expect(folded.fact.ask.title.length).toBeLessThanOrEqual(120)
  })
})
