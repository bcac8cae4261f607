import { describe, expect, it } from 'vitest'
import type { BeadSummary } from '../../../model/bead.ts'
import { makeBead, manyBeads, minutesAgo } from '../../testing/sample.ts'
import type { OrderKey } from './bead-order.ts'
import { compareIds, comparing, usualDirection } from './bead-order.ts'
import { orderBeads } from './ordered-beads.ts'

const ids = (beads: readonly BeadSummary[]) => beads.map((bead) => bead.id)
const sorted = (by: OrderKey, beads: readonly BeadSummary[]) =>
  ids([...beads].sort(comparing({ by, direction: usualDirection(by) })))

describe('ids', () => {
  it('are ordered as people count', () => {
    const natural = ['a', 'gm-2', 'gm-2.1', 'gm-2.2', 'gm-2.10', 'gm-2a', 'gm-10', 'gm-010', 'gm-a', 'gm-a1b', 'gm-a02']
    const order = [...natural].reverse().sort(compareIds)
    expect(order.filter((id) => /^gm-\d+(\.\d+)?$/.test(id) && id !== 'gm-010')).toEqual([
      ...['gm-2', 'gm-2.1', 'gm-2.2', 'gm-2.10', 'gm-10'],
    ])
    expect([...order].sort(compareIds)).toEqual(order)
    expect(compareIds('gm-99999999999999999999', 'gm-100000000000000000000')).toBeLessThan(0)
  })

  it('never tie for two beads', () => {
    expect(compareIds('gm-10', 'gm-010')).not.toBe(0)
    expect(compareIds('gm-10', 'gm-010')).toBe(-Math.sign(compareIds('gm-010', 'gm-10')))
  })
})

describe('orders', () => {
  it('take the time that they are named for, newest first', () => {
    const beads = [
      makeBead('m', '', { modifiedAt: minutesAgo(1), createdAt: minutesAgo(9), updatedAt: minutesAgo(9) }),
      makeBead('c', '', { modifiedAt: minutesAgo(9), createdAt: minutesAgo(1), updatedAt: minutesAgo(5) }),
      makeBead('e', '', { modifiedAt: minutesAgo(5), createdAt: minutesAgo(5), updatedAt: minutesAgo(1) }),
    ]
    expect(sorted('modified', beads)).toEqual(['m', 'e', 'c'])
    expect(sorted('created', beads)).toEqual(['c', 'e', 'm'])
    expect(sorted('edited', beads)).toEqual(['e', 'c', 'm'])
    const turned = [...beads].sort(comparing({ by: 'modified', direction: 'ascending' }))
    expect(ids(turned)).toEqual(['c', 'e', 'm'])
  })

  it('of urgency: priority, then ready before blocked, then newest; what is done last, by its closing', () => {
    const beads = [
      makeBead('early', '', { status: 'closed', priority: 0, closedAt: minutesAgo(60) }),
      makeBead('late', '', { status: 'closed', priority: 4, closedAt: minutesAgo(1) }),
      makeBead('stuck', '', { blockedBy: ['old'], createdAt: minutesAgo(1) }),
      makeBead('old', '', { createdAt: minutesAgo(50) }),
      makeBead('new', '', { createdAt: minutesAgo(5) }),
      makeBead('hot', '', { priority: 0, createdAt: minutesAgo(90) }),
    ]
    expect(sorted('urgency', beads)).toEqual(['hot', 'new', 'old', 'stuck', 'late', 'early'])
  })
})

describe('an order that is kept', () => {
  const compare = comparing({ by: 'modified', direction: 'descending' })
  const beads = manyBeads(500).map((bead, at) => ({ ...bead, modifiedAt: minutesAgo((at * 37) % 101) }))

  it('is after every change what sorting would make of it', () => {
    const kept = orderBeads(beads, compare)
    const now = new Map(beads.map((bead) => [bead.id, bead]))
    for (let step = 0; step < 300; step += 1) {
      const id = `many-${(step * 7) % 520}`
      const bead = step % 5 === 4 ? undefined : makeBead(id, `step ${step}`, { modifiedAt: minutesAgo(step % 50) })
      if (bead === undefined) now.delete(id)
      else now.set(id, bead)
      kept.put([[id, bead]])
    }
    expect(ids(kept.all())).toEqual(ids([...now.values()].sort(compare)))
    const many = beads.slice(0, 200).map((bead) => [bead.id, undefined] as const)
    kept.put(many)
    for (const [id] of many) now.delete(id)
    expect(ids(kept.all())).toEqual(ids([...now.values()].sort(compare)))
  })

  it('compares few beads for one change', () => {
    let compared = 0
    const kept = orderBeads(beads, (a, b) => ((compared += 1), compare(a, b)))
    compared = 0
    kept.put([['many-250', { ...beads[250]!, modifiedAt: minutesAgo(0) }]])
    expect(compared).toBeLessThan(40)
  })

  it('does not lose a bead that is taken away twice', () => {
    const kept = orderBeads(beads, compare)
    kept.put([['many-3', undefined]])
    kept.put([['many-3', undefined]])
    expect(kept.all()).toHaveLength(499)
  })
})
