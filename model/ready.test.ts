import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affectedBy, byPriority, neededFor, standings, type ReadyBead, type ReadyEdge } from './ready.ts'

const now = '2026-05-01T12:00:00Z'

function bead(id: string, over: Partial<ReadyBead> = {}): ReadyBead {
  const base = { status: 'open', type: 'task', priority: 2, createdAt: now, deferUntil: null }
  return { id, ...base, pinned: false, ephemeral: false, ...over }
}

function edge(from: string, kind: string, to: string, gate?: string): ReadyEdge {
  return { from, kind, to, ...(gate === undefined ? {} : { gate }) }
}

function readyOf(beads: readonly ReadyBead[], edges: readonly ReadyEdge[] = []): string[] {
  const found = standings(beads, edges, now)
  return beads.map((each) => each.id).filter((id) => found.get(id)?.ready === true)
}

describe('ready', () => {
  it('takes open work only', () => {
    const statuses = ['open', 'in_progress', 'blocked', 'deferred', 'closed', 'pinned', 'hooked', 'custom']
    expect(readyOf(statuses.map((status) => bead(status, { status })))).toEqual(['open'])
    expect(readyOf([bead('p', { pinned: true }), bead('e', { ephemeral: true })])).toEqual([])
    const types = ['task', 'epic', 'gate', 'molecule', 'message', 'agent', 'role', 'rig', 'merge-request', 'event']
    expect(readyOf(types.map((type) => bead(type, { type })))).toEqual(['task', 'epic', 'event'])
  })

  it('waits until the deferral is over, to the second', () => {
    const later = bead('later', { deferUntil: '2026-05-01T12:00:01Z' })
    const child = bead('child')
    expect(readyOf([later, child, bead('due', { deferUntil: now })], [edge('child', 'parent-child', 'later')])).toEqual(
      ['due'],
    )
  })

  it('is held back by active targets of blocking kinds only', () => {
    for (const kind of ['blocks', 'conditional-blocks']) {
      const edges = [edge('a', kind, 'b')]
      expect(readyOf([bead('a'), bead('b')], edges)).toEqual(['b'])
      expect(readyOf([bead('a'), bead('b', { status: 'in_progress' })], edges)).toEqual([])
      expect(readyOf([bead('a'), bead('b', { status: 'closed' })], edges)).toEqual(['a'])
      expect(readyOf([bead('a'), bead('b', { status: 'pinned' })], edges)).toEqual(['a'])
      expect(readyOf([bead('a')], edges)).toEqual(['a'])
    }
    expect(readyOf([bead('a'), bead('b')], [edge('a', 'related', 'b')])).toEqual(['a', 'b'])
  })

  it('shows both ends of what blocks', () => {
    const found = standings(
      [bead('a'), bead('b'), bead('c')],
      [edge('a', 'blocks', 'c'), edge('b', 'blocks', 'c')],
      now,
    )
    expect(found.get('a')).toEqual({ blockedBy: ['c'], blocks: [], ready: false })
    expect(found.get('c')).toEqual({ blockedBy: [], blocks: ['a', 'b'], ready: true })
  })

  it('waits for all children, or for one', () => {
    const kids = [edge('k1', 'parent-child', 's'), edge('k2', 'parent-child', 's')]
    const closed = bead('k1', { status: 'closed' })
    const all = [...kids, edge('w', 'waits-for', 's')]
    const any = [...kids, edge('w', 'waits-for', 's', 'any-children')]
    expect(readyOf([bead('w'), bead('s'), bead('k1'), bead('k2')], all)).toEqual(['s', 'k1', 'k2'])
    expect(standings([bead('w'), bead('s'), closed, bead('k2')], all, now).get('w')?.blockedBy).toEqual(['k2'])
    expect(readyOf([bead('w'), bead('s'), closed, bead('k2')], any)).toContain('w')
    expect(readyOf([bead('w'), bead('s'), bead('k1'), bead('k2')], any)).not.toContain('w')
    expect(readyOf([bead('w'), bead('s')], [edge('w', 'waits-for', 's', 'any-children')])).toContain('w')
  })

  it('excludes the direct children of a blocked bead and no further', () => {
    const beads = [bead('b'), bead('p'), bead('c'), bead('g')]
    const edges = [edge('p', 'blocks', 'b'), edge('c', 'parent-child', 'p'), edge('g', 'parent-child', 'c')]
    expect(readyOf(beads, edges)).toEqual(['b', 'g'])
  })

  it('is not held back by an open parent', () => {
    expect(readyOf([bead('p', { type: 'epic' }), bead('c')], [edge('c', 'parent-child', 'p')])).toEqual(['p', 'c'])
  })

  it('orders by priority, then newest first', () => {
    const old = bead('old', { createdAt: '2026-01-01T00:00:00Z' })
    const urgent = bead('urgent', { priority: 0 })
    expect([old, bead('new'), urgent, bead('also')].sort(byPriority).map((each) => each.id)).toEqual([
      'urgent',
      'also',
      'new',
      'old',
    ])
  })
})

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const someBead = (id: string) =>
  fc
    .record({
      status: fc.constantFrom('open', 'closed', 'in_progress', 'pinned'),
      deferUntil: fc.constantFrom(null, '2027-01-01T00:00:00Z'),
    })
    .map((over) => bead(id, over))
const someBeads = fc.tuple(...ids.map(someBead))
const someEdge = fc
  .record({
    from: fc.constantFrom(...ids),
    to: fc.constantFrom(...ids),
    kind: fc.constantFrom('blocks', 'conditional-blocks', 'waits-for', 'parent-child', 'related'),
    gate: fc.constantFrom(null, 'any-children'),
  })
  .filter((each) => each.from !== each.to)
const someEdges = fc.array(someEdge, { maxLength: 14 })

describe('looking at a part of the database', () => {
  it('judges a part as it judges the whole', () => {
    fc.assert(
      fc.property(someBeads, someEdges, fc.subarray(ids), (beads, edges, part) => {
        const whole = standings(beads, edges, now)
        const needed = neededFor(part, edges)
        const seen = standings(
          beads.filter((each) => needed.has(each.id)),
          edges,
          now,
        )
        for (const id of part) expect(seen.get(id)).toEqual(whole.get(id))
      }),
      { numRuns: 1000 },
    )
  })

  it('names every bead that a change of one bead can move', () => {
    fc.assert(
      fc.property(someBeads, someEdges, fc.constantFrom(...ids), fc.string(), (beads, edges, id, seed) => {
        const changed = beads.map((each) =>
          each.id === id ? { ...each, status: seed.length % 2 === 0 ? 'closed' : 'open', deferUntil: null } : each,
        )
        expectOnly(affectedBy([id], edges), standings(beads, edges, now), standings(changed, edges, now))
      }),
      { numRuns: 1000 },
    )
  })

  it('names every bead that a new or removed edge can move, from its two ends', () => {
    fc.assert(
      fc.property(someBeads, someEdges, someEdge, (beads, edges, extra) => {
        const more = [...edges, extra]
        const before = standings(beads, edges, now)
        const after = standings(beads, more, now)
        expectOnly(affectedBy([extra.from, extra.to], more), before, after)
        expectOnly(affectedBy([extra.from, extra.to], edges), after, before)
      }),
      { numRuns: 1000 },
    )
  })
})

function expectOnly(
  allowed: ReadonlySet<string>,
  before: ReturnType<typeof standings>,
  after: ReturnType<typeof standings>,
): void {
  for (const id of ids) if (!allowed.has(id)) expect([id, after.get(id)]).toEqual([id, before.get(id)])
}
