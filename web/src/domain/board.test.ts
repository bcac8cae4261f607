import { describe, expect, it } from 'vitest'
import { manyBeads } from '../../testing/sample.ts'
import { lanesOf, neighbour } from './board.ts'

describe('lanes', () => {
  it('hold every bead exactly once, in the order given', () => {
    const beads = manyBeads(1_000).reverse()
    const lanes = lanesOf(beads)
    expect(Object.values(lanes).flat()).toHaveLength(1_000)
    expect(lanes.completed).toEqual(beads.filter((bead) => bead.state === 'completed'))
  })
})

describe('arrow keys', () => {
  const columns = [['a1', 'a2', 'a3'], [], ['c1']]

  it('stay inside the lane and jump over empty ones', () => {
    expect(neighbour(columns, 'a1', 'up')).toBe('a1')
    expect(neighbour(columns, 'a1', 'down')).toBe('a2')
    expect(neighbour(columns, 'a3', 'right')).toBe('c1')
    expect(neighbour(columns, 'c1', 'left')).toBe('a1')
    expect(neighbour(columns, 'c1', 'right')).toBe('c1')
  })

  it('begin at the first card', () => {
    expect(neighbour(columns, null, 'down')).toBe('a1')
    expect(neighbour([[], []], null, 'down')).toBeNull()
  })
})
