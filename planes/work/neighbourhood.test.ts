import fc from 'fast-check'
import { expect, it } from 'vitest'
import { affectedBy, standings, type ReadyBead, type ReadyEdge } from '../../model/ready.ts'
import { affectedAround, edgesAround } from './neighbourhood.ts'

const now = '2026-05-01T12:00:00Z'
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const beads = fc.tuple(
  ...ids.map((id) =>
    fc.constantFrom('open', 'closed', 'in_progress').map((status): ReadyBead => ({
      ...{ id, status, type: 'task', priority: 2, createdAt: now },
      ...{ deferUntil: null, pinned: false, ephemeral: false },
    })),
  ),
)
const edges = fc.uniqueArray(
  fc
    .record({
      from: fc.constantFrom(...ids),
      to: fc.constantFrom(...ids),
      kind: fc.constantFrom('blocks', 'waits-for', 'parent-child'),
      gate: fc.constantFrom(null, 'any-children'),
    })
    .filter((edge) => edge.from !== edge.to),
  { maxLength: 14, selector: (edge) => `${edge.from} ${edge.to}` },
)
const at = (all: readonly ReadyEdge[]) => (some: readonly string[]) =>
  Promise.resolve(all.filter((edge) => some.includes(edge.from) || some.includes(edge.to)))

it('finds the edges that tell how some beads stand', async () => {
  await fc.assert(
    fc.asyncProperty(beads, edges, fc.subarray(ids), async (all, every, some) => {
      const whole = standings(all, every, now)
      const part = standings(all, await edgesAround(some, at(every)), now)
      for (const id of some) expect(part.get(id)).toEqual(whole.get(id))
    }),
    { numRuns: 1000 },
  )
})

it('finds whom a change concerns', async () => {
  await fc.assert(
    fc.asyncProperty(edges, fc.subarray(ids), async (every, some) => {
      expect(await affectedAround(some, at(every))).toEqual(affectedBy(some, every))
    }),
    { numRuns: 1000 },
  )
})
