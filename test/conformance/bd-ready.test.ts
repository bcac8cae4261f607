import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BeadSummary } from '../../model/bead.ts'
import { besideBd, type Said } from '../bd/beside-bd.ts'
import { fillWith, randomGraph, type RandomGraph } from '../bd/random-graph.ts'

const runs = { numRuns: 15, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false }

besideBd('ready and blocked', ({ open }) => {
  it.each([false, true])(
    'are the same over any graph (with wisps: %s)',
    async (wisps) => {
      const { plane, bd, plain } = await open(`graphs_${String(wisps)}`, 'Gemba')
      const property = fc.asyncProperty(randomGraph({ wisps }), async (graph) => {
        await fillWith(plain, graph)
        const ready = await bd.json<Said[]>(['ready', '--limit', '0'])
        expect(await plane.ready()).toEqual(ready.map((bead) => bead.id))
        // `bd blocked` counts wisps, which no bead of Gemba's shows.
        if (wisps) return
        const blocked = await bd.json<{ id: string; blocked_by: string[] }[]>(['blocked'])
        const theirs = blocked.map((bead) => [bead.id, [...bead.blocked_by].sort()] as const)
        expect(new Map(blockedAsBd(await plane.list(), graph))).toEqual(new Map(theirs))
      })
      await fc.assert(property, runs)
    },
    180_000,
  )
})

/**
 * `bd blocked` names the bead whose children are waited for, where Gemba names those children, and lists children of
 * what is blocked by their parent.
 */
function blockedAsBd(list: readonly BeadSummary[], graph: RandomGraph): (readonly [string, readonly string[]])[] {
  const byId = new Map(list.map((bead) => [bead.id, bead]))
  const isActive = (bead: BeadSummary | undefined): boolean =>
    bead !== undefined && !['closed', 'pinned'].includes(bead.status)
  const held = new Set(list.filter((bead) => bead.blockedBy.length > 0).map((bead) => bead.id))
  const heldBy = (bead: BeadSummary): string[] => {
    const blocking = graph.edges.filter((edge) => edge.from === bead.id && /^(.*blocks|waits-for)$/.test(edge.kind))
    const targets = blocking.map((edge) => edge.to).filter((id) => isActive(byId.get(id)))
    const below = bead.parent !== null && held.has(bead.parent) && isActive(bead)
    if (!held.has(bead.id) && !below) return []
    return targets.length === 0 && below && bead.parent !== null ? [bead.parent] : targets.sort()
  }
  return list.flatMap((bead) => (heldBy(bead).length === 0 ? [] : [[bead.id, heldBy(bead)] as const]))
}
