import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../model/actor.ts'
import type { EscalationView } from '../../../model/escalation.ts'
import type { EventBody, GembaEvent } from '../../../model/event.ts'
import type { SessionView } from '../../../model/session.ts'
import { makeEscalation, makeEvent, makeSession } from '../../testing/sample.ts'
import { historyOf } from './session-history.ts'

const mira: Actor = { name: 'mira', via: 'console' }
const fresh: Partial<SessionView> = {
  status: 'initializing',
  note: '',
  worktree: null,
  digest: { tokensIn: 0, tokensOut: 0, filesChanged: 0, commits: 0 },
}

/** Each change is laid over the one before. */
function life(...steps: readonly (Partial<SessionView> | EventBody)[]): GembaEvent[] {
  let view = makeSession('s1', 'b-1', 'one', { startedBy: mira, ...fresh })
  return steps.map((step, index) => {
    if ('kind' in step) return makeEvent(index + 1, step)
    view = { ...view, ...step }
    return makeEvent(index + 1, { kind: 'session.changed', session: view }, { actor: mira })
  })
}

function told(events: readonly GembaEvent[], whole = true): string[] {
  return historyOf(events, whole).map(({ text, said }) => (said === '' ? text : `${text} “${said}”`))
}

function question(state: EscalationView['state'], more: Partial<EscalationView> = {}): EventBody {
  const decision = { value: 'deny', text: '', by: 'jon', via: 'chat', at: '2026-11-01T10:12:00Z' }
  const escalation = makeEscalation('e1', 'May I?', {
    session: 's1',
    state,
    decision: state === 'open' || state === 'moot' ? null : decision,
    ...more,
  })
  return { kind: 'escalation.changed', escalation }
}

it('tells a session from its start to the closed bead', () => {
  const events = life(
    {},
    { worktree: '/w' },
    { status: 'working' },
    { openEscalations: ['e1'] },
    { status: 'prompting', note: 'May I?' },
    question('open'),
    question('decided'),
    question('delivered'),
    { status: 'working', note: '', openEscalations: [] },
    { note: 'did it all' },
    { status: 'integrating' },
    { digest: { tokensIn: 9, tokensOut: 9, filesChanged: 2, commits: 1 }, integratedAs: 'a881f71121312b70' },
    { note: '' },
    { worktree: null },
    { status: 'completed', closeReason: 'bead_done' },
  )
  expect(told(events)).toEqual([
    'mira started scripted on host local in the console.',
    'Its terminal opened on branch bead/b-1.',
    'The agent began to work.',
    'The agent asked for permission. “May I?”',
    'jon answered in chat. “Deny”',
    'The answer reached the agent.',
    'The agent went on.',
    'The work is being brought in. “did it all”',
    'Gemba brought in 2 files, 1 commit as a881f7112131.',
    'Gemba closed the bead: done.',
  ])
})

it('says who ended it, once', () => {
  const events = life(
    {},
    { status: 'working' },
    { note: 'mira asked to end it.' },
    { note: 'Ended by mira.' },
    { status: 'completed', closeReason: 'user_stop' },
  )
  expect(told(events).slice(2)).toEqual(['mira asked to end it.', 'mira ended the session in the console.'])
})

it('tells of trouble: a lost pane, a question nobody needs, a refused start, a bead given back', () => {
  const events = life(
    {},
    { status: 'working', worktree: '/w' },
    { status: 'initializing', note: 'The pane was lost; starting it again (1 of 3).' },
    { fence: 2 },
    { waitsForHost: true },
    { waitsForHost: false },
    question('open', { source: 'integration_conflict' }),
    question('moot', { source: 'integration_conflict', note: 'The session has ended.' }),
    { kind: 'bead.released', bead: 'b-1', session: 's1', why: 'It was lost too often.' },
    { status: 'failed', closeReason: 'transport_error', note: 'The pane was lost 4 times.' },
  )
  expect(told(events).slice(3)).toEqual([
    'The pane was lost; starting it again (1 of 3).',
    'Gemba starts the agent again, attempt 2.',
    'Host local does not answer; the session waits for it.',
    'Host local is back.',
    'Gemba asked what to do. “May I?”',
    'The question was no longer needed. “The session has ended.”',
    'Gemba gave b-1 back. “It was lost too often.”',
    'The session ended: its terminal was lost. “The pane was lost 4 times.”',
  ])
  const refusal: EventBody = { kind: 'session.refused', session: 's1', bead: 'b-1', code: 'x', message: 'It is held.' }
  expect(told(life({}, refusal))[1]).toBe('The start was refused. “It is held.”')
})

describe('a page that is not the first', () => {
  const events = life({ status: 'working', note: 'reading' }, { note: 'writing' }, question('decided'))

  it('says how things were, and invents no beginning', () => {
    expect(told(events, false)).toEqual(['The agent works. “reading”', 'writing', 'jon answered in chat. “Deny”'])
  })

  it('gives each sentence a key of its own', () => {
    const keys = historyOf(events, false).map((entry) => entry.key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
