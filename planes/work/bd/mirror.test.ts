import { describe, expect, it } from 'vitest'
import { exportedBead, shownBead, type BdBead } from './bd-bead.ts'
import { createMirror, digested, type Mirror } from './mirror.ts'

const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }
const plain = (id: string, more: object = {}) => ({
  id,
  title: id,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  ...times,
  ...more,
})
const edge = (to: string, type = 'blocks', metadata = '{}') => ({
  depends_on_id: to,
  type,
  created_at: times.created_at,
  metadata,
})
const exported = (id: string, more: object = {}): BdBead => exportedBead(plain(id, more))

function filled(...beads: BdBead[]): Mirror {
  const mirror = createMirror()
  mirror.replace(beads.map(digested), 1)
  return mirror
}

describe('all beads in memory', () => {
  it('tell what changed since a cursor, with both ends of edges, and nothing when nothing did', () => {
    const mirror = filled(exported('a'), exported('b'), exported('c'))
    const start = mirror.cursor()
    mirror.replace([exported('a'), exported('b'), exported('c')].map(digested), 2)
    expect(mirror.changes(start)).toBe(null)
    mirror.replace([exported('a', { dependencies: [edge('b')] }), exported('b')].map(digested), 3)
    expect(mirror.changes(start)?.beads).toEqual(['a', 'b', 'c'])
    const later = mirror.changes(start)?.cursor ?? ''
    expect(mirror.changes(later)).toBe(null)
    mirror.remove('a', 4)
    expect(mirror.changes(later)?.beads).toEqual(['a', 'b'])
    expect(mirror.changes('another.7')?.beads).toBe('all')
  })

  it('have a digest each, which moves with a text alone and with an edge of another to it', () => {
    const mirror = filled(exported('a', { description: 'one' }), exported('b'))
    const first = mirror.digests(['a', 'b', 'none'])
    expect([...first.keys()]).toEqual(['a', 'b'])
    mirror.show(shownBead(plain('a', { description: 'two' })), 2)
    expect(mirror.digests(['a']).get('a')).not.toBe(first.get('a'))
    expect(mirror.digests(['b'])).toEqual(new Map([['b', first.get('b')]]))
    mirror.replace([exported('a', { dependencies: [edge('b', 'related')] }), exported('b')].map(digested), 3)
    expect(mirror.digests(['b']).get('b')).not.toBe(first.get('b'))
  })

  it('ask for a full reading when a cursor is too old', () => {
    const mirror = filled(exported('a'))
    const start = mirror.cursor()
    for (let i = 0; i < 300; i += 1) mirror.show(shownBead(plain('a', { title: `${i}` })), 2 + i)
    expect(mirror.changes(start)?.beads).toBe('all')
  })

  it('keep what was seen after a slow reading began', () => {
    const mirror = filled(exported('a'), exported('gone'))
    mirror.show(shownBead(plain('a', { title: 'newer' })), 10)
    mirror.remove('gone', 10)
    mirror.show(shownBead(plain('made')), 10)
    mirror.replace([exported('a'), exported('gone')].map(digested), 5)
    expect(
      mirror
        .summaries()
        .map((bead) => bead.title)
        .sort(),
    ).toEqual(['made', 'newer'])
  })

  it('keep edges that `bd show` leaves out, and what an edge says beside its kind', () => {
    const dependencies = [edge('external:x:y'), edge('b', 'waits-for', '{"gate":"any-children"}'), edge('c')]
    const mirror = filled(exported('a', { dependencies }), exported('b'), exported('c'))
    mirror.show(shownBead(plain('a', { dependencies: [{ ...plain('b'), dependency_type: 'waits-for' }] })), 2)
    expect(mirror.get('a')?.edges.map(({ to, gate }) => [to, gate])).toEqual([
      ['b', 'any-children'],
      ['external:x:y', null],
    ])
    mirror.show(shownBead(plain('a')), 3, { removed: 'external:x:y', added: [{ to: 'external:z:z', kind: 'blocks' }] })
    expect(mirror.get('a')?.edges.map(({ to }) => to)).toEqual(['external:z:z'])
  })

  it('stand as `bd ready` has it, with rows that were seen at the other end of an edge', () => {
    const mirror = filled(exported('a', { dependencies: [edge('b')] }), exported('b'))
    expect(mirror.summaries(['a']).find((bead) => bead.id === 'a')).toMatchObject({ ready: false, blockedBy: ['b'] })
    const closed = { ...plain('b', { status: 'closed' }), dependency_type: 'blocks' }
    mirror.show(shownBead(plain('a', { dependencies: [closed] })), 2)
    expect([...mirror.readyIds()]).toEqual(['a'])
  })

  it('are modified by comments and edges', () => {
    const comment = { id: '1', author: 'Ada', text: 'x', created_at: '2026-03-01T00:00:00Z' }
    const mirror = filled(exported('a', { comments: [comment] }), exported('b'))
    expect(mirror.summaries(['a'])[0]).toMatchObject({
      modifiedAt: '2026-03-01T00:00:00Z',
      updatedAt: times.updated_at,
    })
  })
})
