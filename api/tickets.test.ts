import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Tickets } from './tickets.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('is good once, for its path, with its sign-in', () => {
  const tickets = new Tickets()
  const { ticket } = tickets.issue('s1', '/a')
  expect(tickets.take(ticket, 's1', '/a')).toBe(true)
  expect(tickets.take(ticket, 's1', '/a')).toBe(false)
  for (const [signIn, path] of [
    ['s2', '/a'],
    ['s1', '/b'],
  ] as const) {
    expect(tickets.take(tickets.issue('s1', '/a').ticket, signIn, path)).toBe(false)
  }
  expect(tickets.take('guess', 's1', '/a')).toBe(false)
})

it('ends after half a minute, and the oldest when there are too many', () => {
  const tickets = new Tickets()
  const { ticket, expiresAt } = tickets.issue('s1', '/a')
  expect(Date.parse(expiresAt)).toBe(Date.now() + 30_000)
  vi.advanceTimersByTime(30_000)
  expect(tickets.take(ticket, 's1', '/a')).toBe(false)
  const oldest = tickets.issue('s1', '/a')
  const second = tickets.issue('s1', '/a')
  for (let number = 0; number < 999; number++) tickets.issue('s1', '/a')
  expect(tickets.take(oldest.ticket, 's1', '/a')).toBe(false)
  expect(tickets.take(second.ticket, 's1', '/a')).toBe(true)
})
