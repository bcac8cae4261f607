import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BeadSummary } from './bead.ts'
import { beadsOf, tableOf } from './board-table.ts'

const id = fc.string({ minLength: 1, maxLength: 8 })
const time = fc.integer({ min: 1, max: 4e9 }).map((at) => `${new Date(at * 1_000).toISOString().slice(0, 19)}Z`)
const bead: fc.Arbitrary<BeadSummary> = fc.record({
  id,
  title: fc.string(),
  status: id,
  state: fc.constantFrom('backlog', 'unstarted', 'staged', 'started', 'completed'),
  priority: fc.integer({ min: 0, max: 4 }),
  type: id,
  assignee: fc.option(id),
  labels: fc.array(id, { maxLength: 4 }),
  parent: fc.option(id),
  blockedBy: fc.array(id, { maxLength: 4 }),
  blocks: fc.array(id, { maxLength: 4 }),
  ready: fc.boolean(),
  createdAt: time,
  updatedAt: fc.oneof(time, fc.constant('2026-01-01T00:00:00Z')),
  modifiedAt: fc.oneof(time, fc.constant('2026-01-01T00:00:00Z')),
  closedAt: fc.option(time),
  deferUntil: fc.option(time),
  hasAcceptance: fc.boolean(),
  commentCount: fc.nat(99),
  revision: fc.nat(),
})

it('a table holds every bead as it was, also those that name beads which are not there', () => {
  const beads = fc.uniqueArray(bead, { selector: (one) => one.id, maxLength: 30 })
  fc.assert(fc.property(beads, (list) => void expect(beadsOf(tableOf(list))).toEqual(list)))
})

it('writes only once what holds what back', () => {
  const plain = { ...fc.sample(bead, { numRuns: 1, seed: 1 })[0], blockedBy: [], blocks: [] } as BeadSummary
  const held = { ...plain, id: 'b', state: 'unstarted', blockedBy: ['a', 'gone'] } as const
  const done = { ...held, id: 'c', state: 'completed' } as const
  const holding = { ...plain, id: 'a', blocks: ['b'] }
  expect(tableOf([held, holding, done]).blocks).toEqual([])
  expect(tableOf([held, { ...holding, blocks: ['b', 'elsewhere'] }, done]).blocks).toHaveLength(1)
})
