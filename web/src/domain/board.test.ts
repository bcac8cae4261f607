import { describe, expect, it } from 'vitest'
import { makeBead, manyBeads, minutesAgo } from '../../testing/sample.ts'
import { lanesOf, neighbour } from './board.ts'

const all = { text: '', type: '', label: '' }

describe('lanes', () => {
  it('order by priority, then ready before blocked, then newest; Done by closing', () => {
    const beads = [
      makeBead('stuck', 'stuck', { blockedBy: ['old'], createdAt: minutesAgo(1) }),
      makeBead('old', 'old', { createdAt: minutesAgo(50) }),
      makeBead('new', 'new', { createdAt: minutesAgo(5) }),
      makeBead('hot', 'hot', { priority: 0, createdAt: minutesAgo(90) }),
      makeBead('early', 'early', { status: 'closed', priority: 0, closedAt: minutesAgo(60) }),
      makeBead('late', 'late', { status: 'closed', priority: 4, closedAt: minutesAgo(1) }),
    ]
    const lanes = lanesOf(beads, all)
    expect(lanes.unstarted.map((bead) => bead.id)).toEqual(['hot', 'new', 'old', 'stuck'])
    expect(lanes.completed.map((bead) => bead.id)).toEqual(['late', 'early'])
  })

  it('keep only what has every word, the type and the label', () => {
    const beads = [
      makeBead('b-1', 'Mail for visitors', { labels: ['mail'], type: 'bug' }),
      makeBead('b-2', 'Mail for guides'),
    ]
    const found = (filter: Partial<typeof all>) =>
      lanesOf(beads, { ...all, ...filter }).unstarted.map((bead) => bead.id)
    expect(found({ text: 'VISITORS mail' })).toEqual(['b-1'])
    expect(found({ text: 'b-2' })).toEqual(['b-2'])
    expect(found({ type: 'bug' })).toEqual(['b-1'])
    expect(found({ label: 'mail', text: 'guides' })).toEqual([])
  })

  it('hold every bead exactly once', () => {
    const lanes = lanesOf(manyBeads(1_000), all)
    expect(Object.values(lanes).flat()).toHaveLength(1_000)
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
