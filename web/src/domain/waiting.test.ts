import { describe, expect, it } from 'vitest'
import type { BeadSummary } from '../../../model/bead.ts'
import { makeBead, makeSession, minutesAgo, sampleHosts, sampleTime } from '../../testing/sample.ts'
import type { Surroundings } from './waiting.ts'
import { freesOf, reasonOf } from './waiting.ts'

const quiet: Surroundings = {
  bead: () => undefined,
  session: undefined,
  question: '',
  host: undefined,
  parkedWhy: undefined,
  children: undefined,
  noSeat: '',
  now: sampleTime,
}

function why(bead: Partial<BeadSummary>, around: Partial<Surroundings> = {}): string | undefined {
  return reasonOf(makeBead('b-1', 'one', bead), { ...quiet, ...around })?.text
}

describe('a bead that nobody works on', () => {
  it('says whether it could start', () => {
    expect(why({})).toBe('ready to start')
    expect(why({}, { noSeat: 'all 6 seats are taken' })).toBe('ready, but all 6 seats are taken')
    expect(why({ assignee: 'jon' })).toBe('kept for jon')
    expect(why({ status: 'deferred' })).toBe('deferred')
    expect(why({ deferUntil: minutesAgo(-60 * 24 * 40) })).toMatch(/^deferred until \d+ \w+ \d{4}$/)
    expect(why({ deferUntil: minutesAgo(60) })).toBe('ready to start')
    expect(why({}, { parkedWhy: 'it failed thrice' })).toBe('parked: it failed thrice')
  })

  it('names what blocks it, and for its title what that is', () => {
    const blockers = new Map([['b-2', makeBead('b-2', 'two', { status: 'in_progress' })]])
    const bead = makeBead('b-1', 'one', { blockedBy: ['b-2', 'b-3', 'b-4', 'b-5'] })
    expect(reasonOf(bead, { ...quiet, bead: (id) => blockers.get(id) })).toMatchObject({
      text: 'blocked by b-2, b-3 and 2 more',
      more: 'b-2 two (In progress)\nb-3\nb-4\nb-5',
    })
  })

  it('looks above it when nothing blocks the bead itself', () => {
    const parent = makeBead('b-9', 'epic', { blockedBy: ['b-2'] })
    expect(why({ ready: false, parent: 'b-9' }, { bead: () => parent })).toBe('its parent b-9 is blocked by b-2')
    expect(why({ ready: false })).toBe('not ready yet')
  })

  it('is told apart from wrappers and decisions, which no agent is given', () => {
    expect(why({ type: 'epic' }, { children: { done: 2, all: 5 } })).toBe('2 of 5 done')
    expect(why({ type: 'milestone' })).toBe('nothing belongs to it yet')
    expect(why({ type: 'decision' })).toBe('waiting for people to decide')
  })

  it('in progress is held by somebody', () => {
    const started = { status: 'in_progress' }
    expect(why({ ...started, assignee: 'jon' })).toBe('held by jon')
    expect(why({ ...started, assignee: 'gemba/s9' })).toBe('its session is over; Gemba is giving it back')
    expect(why({ ...started, assignee: null })).toBe('held by nobody')
    expect(why({ status: 'closed' })).toBeUndefined()
  })
})

describe('a bead in a session', () => {
  const started = { status: 'in_progress', assignee: 'gemba/s1' }
  const session = makeSession('s1', 'b-1', 'one')

  it('waits for an answer, its host, or people who look after it', () => {
    const asking = { ...session, openEscalations: ['e1'] }
    expect(why(started, { session: asking, question: 'Which?' })).toBe('waiting for an answer: Which?')
    const host = { ...sampleHosts[0]!, label: 'Attic', status: 'offline' as const }
    expect(why(started, { session: asking, host })).toBe(
      'its host Attic is offline; the agent goes on when the host is back',
    )
    expect(why(started, { session: { ...asking, waitsForHost: true } })).toContain('host local is not answering')
    expect(why(started, { session: { ...session, status: 'stalled', note: 'no disk' } })).toBe('stuck: no disk')
  })

  it('says what the agent does, or nothing', () => {
    expect(why(started, { session })).toBe('writing tests')
    expect(why(started, { session: { ...session, note: '' } })).toBeUndefined()
  })
})

describe('closing a bead', () => {
  const waiting = new Map([
    ['b-2', makeBead('b-2', 'two', { blockedBy: ['b-1'] })],
    ['b-3', makeBead('b-3', 'three', { blockedBy: ['b-1', 'b-4'] })],
  ])
  const find = (id: string) => waiting.get(id)

  it('frees those that wait for nothing else', () => {
    expect(freesOf(makeBead('b-1', 'one', { blocks: ['b-2', 'b-3'] }), find)).toEqual({
      text: 'closing it frees b-2',
      more: 'b-2 two (Next up)',
    })
  })

  it('frees nobody alone who waits for more', () => {
    expect(freesOf(makeBead('b-1', 'one', { blocks: ['b-3'] }), find)?.text).toBe('holds back b-3')
    expect(freesOf(makeBead('b-1', 'one'), find)).toBeNull()
    expect(freesOf(makeBead('b-1', 'one', { status: 'closed', blocks: ['b-2'] }), find)).toBeNull()
  })
})
