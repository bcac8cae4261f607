import { expect, it } from 'vitest'
import { makeEscalation, makeSession } from '../../testing/sample.ts'
import { timelineOf } from './timeline.ts'

it('tells a session in the order of time', () => {
  const session = makeSession('s1', 'b-1', 'one', {
    startedAt: '2026-11-01T10:00:00Z',
    endedAt: '2026-11-01T10:30:00Z',
    closeReason: 'bead_done',
  })
  const asked = makeEscalation('e1', 'May I?', {
    createdAt: '2026-11-01T10:10:00Z',
    decision: { value: 'deny', text: '', by: 'jon', via: 'chat', at: '2026-11-01T10:12:00Z' },
  })
  const seen = [{ at: '2026-11-01T10:05:00Z', status: 'working', note: 'reading' }]
  expect(timelineOf(session, seen, [asked]).map((entry) => entry.text)).toEqual([
    'Started by mira (console)',
    'working: reading',
    'Asked: May I?',
    'jon answered: Deny',
    'Ended: the bead was done',
  ])
})
