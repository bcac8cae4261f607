import { describe, expect, it } from 'vitest'
import { makeEscalation, makeSession } from '../../testing/sample.ts'
import { answerText, decisionText, sessionSign } from './words.ts'

it('a session whose question waits needs a person, whatever it does meanwhile', () => {
  const session = makeSession('s1', 'b-1', 'one', { status: 'working', openEscalations: ['e'] })
  expect(sessionSign(session).word).toBe('needs you')
  expect(sessionSign({ ...session, waitsForHost: true }).word).toBe('waiting for its host')
  expect(sessionSign({ ...session, status: 'completed', closeReason: 'user_stop' }).word).toBe('stopped')
  expect(sessionSign({ ...session, waitsForHost: true, status: 'failed' }).word).toBe('not done')
})

describe('a decision', () => {
  const decision = { value: 'approve', text: '', by: 'jon', via: 'chat', at: '2026-11-01T10:00:00Z' }
  const decided = makeEscalation('e1', 'May I?', { state: 'decided', decision })

  it('is not called delivered before it is', () => {
    expect(decisionText(decided)).toBe('Decided by jon (chat), waiting for host local.')
    expect(decisionText({ ...decided, state: 'delivered' })).toBe('Decided by jon (chat), delivered.')
    expect(decisionText({ ...decided, state: 'unconfirmed' })).toContain('nobody can say')
  })

  it('is told by the label of the option, or in the person’s words', () => {
    expect(answerText(decided)).toBe('Approve')
    expect(answerText({ ...decided, decision: { ...decision, value: 'text', text: 'on Monday' } })).toBe('on Monday')
  })
})
