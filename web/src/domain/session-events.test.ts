import { describe, expect, it } from 'vitest'
import { makeEscalation, makeEvent, makeSession } from '../../testing/sample.ts'
import type { HistoryPage } from './session-events.ts'
import { isAbout, mergeEvents, renewed } from './session-events.ts'

const about = (number: number, source = 'session/lantern/s1') =>
  makeEvent(number, { kind: 'session.changed', session: makeSession('s1', 'b-1', 'one') }, { source })
const page = (from: number, to: number, cursor: string | null = null): HistoryPage => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => about(from + index)),
  cursor,
})
const numbers = ({ items }: HistoryPage) => items.map((event) => event.number)

it('an event is about its session, and about the session whose question it tells of', () => {
  expect(isAbout('s1', about(1))).toBe(true)
  expect(isAbout('s2', about(1))).toBe(false)
  const escalation = makeEscalation('e1', 'May I?', { session: 's2' })
  expect(isAbout('s2', makeEvent(2, { kind: 'escalation.changed', escalation }))).toBe(true)
  expect(isAbout('s1', makeEvent(3, { kind: 'bead.deleted', bead: 's1' }))).toBe(false)
})

it('pages and the stream make one list, each number once', () => {
  expect(mergeEvents(page(3, 5).items, page(1, 4).items).map((event) => event.number)).toEqual([1, 2, 3, 4, 5])
})

describe('the newest page, read again', () => {
  it('joins what was held where it reaches back to it', () => {
    const joined = renewed(page(10, 20, '10'), page(18, 30, '18'), page(31, 32).items)
    expect(numbers(joined)).toEqual(Array.from({ length: 23 }, (_, index) => index + 10))
    expect(joined.cursor).toBe('10')
  })

  it('replaces it where something may lie between', () => {
    expect(renewed(page(10, 20, '10'), page(40, 50, '40'), page(51, 51).items)).toEqual(page(40, 51, '40'))
  })

  it('replaces it where the log was begun anew', () => {
    const held = { items: [about(7, 'another log'), about(90, 'another log')], cursor: null }
    expect(renewed(held, page(1, 9), [])).toEqual(page(1, 9))
  })
})
