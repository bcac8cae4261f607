import { expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { backlogLines, backlogPartOf, missingOf } from './backlog.ts'

const now = Date.parse('2026-06-01T00:00:00Z')
const whole = { hasAcceptance: true, parent: 'e' }

it('work lacks acceptance criteria and an epic; what is no work lacks nothing', () => {
  expect(missingOf(makeBead('a', 'A'))).toEqual(['no acceptance', 'no epic'])
  expect(missingOf(makeBead('a', 'A', { hasAcceptance: true }))).toEqual(['no epic'])
  expect(missingOf(makeBead('a', 'A', { parent: 'e' }))).toEqual(['no acceptance'])
  expect(missingOf(makeBead('a', 'A', whole))).toEqual([])
  for (const type of ['epic', 'milestone', 'decision']) expect(missingOf(makeBead('a', 'A', { type }))).toEqual([])
})

it('what is put off is deferred, by status or by a day ahead', () => {
  expect(backlogPartOf(makeBead('a', 'A', { status: 'deferred', ...whole }), now)).toBe('deferred')
  expect(backlogPartOf(makeBead('a', 'A', { status: 'someday', type: 'epic' }), now)).toBe('deferred')
  const until = (deferUntil: string, labels: string[] = []) =>
    backlogPartOf(makeBead('a', 'A', { deferUntil, labels, ...whole }), now)
  expect(until('2026-06-02T00:00:00Z')).toBe('deferred')
  expect(until('2026-06-02T00:00:00Z', ['staged:true'])).toBe('deferred')
  expect(until('2026-05-31T00:00:00Z')).toBe(null)
})

it('open work that lacks something and is not staged is to be refined', () => {
  expect(backlogPartOf(makeBead('a', 'A'), now)).toBe('refine')
  expect(backlogPartOf(makeBead('a', 'A', whole), now)).toBe(null)
  expect(backlogPartOf(makeBead('a', 'A', { type: 'epic' }), now)).toBe(null)
  expect(backlogPartOf(makeBead('a', 'A', { labels: ['staged:true'] }), now)).toBe(null)
  for (const status of ['in_progress', 'closed']) expect(backlogPartOf(makeBead('a', 'A', { status }), now)).toBe(null)
})

it('stands by part and priority, oldest first, with counts', () => {
  const beads = [
    makeBead('young', 'A', { createdAt: '2026-02-01T00:00:00Z' }),
    makeBead('old', 'A', { createdAt: '2026-01-01T00:00:00Z' }),
    makeBead('low', 'A', { priority: 3 }),
    makeBead('ready', 'A', whole),
  ]
  const keys = (all: boolean) => backlogLines(beads, now, all).map(({ key }) => key)
  expect(keys(false)).toEqual(['deferred', 'refine', 'refine 2', 'old', 'young', 'refine 3', 'low'])
  expect(keys(true).slice(1, 4)).toEqual(['refine', 'refine 0', 'refine 1'])
  expect(backlogLines(beads, now, false, 'ready').map(({ key }) => key)).toContain('ready')
  expect(backlogLines(beads, now, false)[1]).toMatchObject({ kind: 'part', count: 3 })
  expect(backlogLines(beads, now, false)[2]).toMatchObject({ kind: 'priority', priority: 2, count: 2 })
})
