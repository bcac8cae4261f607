import { expect, it } from 'vitest'
import { ago, lasting } from './time.ts'

const now = Date.parse('2026-11-03T12:00:00Z')

function before(minutes: number): string {
  return new Date(now - minutes * 60_000).toISOString()
}

it('says how long something has gone on, in its largest unit', () => {
  expect([0, 1, 59, 61, 47 * 60, 50 * 60].map((minutes) => lasting(before(minutes), now))).toEqual([
    '1 min',
    '1 min',
    '59 min',
    '1 h',
    '47 h',
    '2 d',
  ])
})

it('says how long ago something was, and the day of what is long past', () => {
  expect([0, 4, 180, 2_880].map((minutes) => ago(before(minutes), now))).toEqual([
    'just now',
    '4m ago',
    '3h ago',
    '2d ago',
  ])
  expect(ago(before(60 * 24 * 30), now)).toMatch(/^\d+ Oct 2026$/)
})
