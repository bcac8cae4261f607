import { describe, expect, it } from 'vitest'
import type { BoardView } from './board-view.ts'
import { isViewQuery, queryOf, readView, usualView } from './board-view.ts'

const full = usualView('full')
const beadsOnly = usualView('beads_only')
const view: BoardView = {
  layout: 'cascade',
  order: { by: 'id', direction: 'descending' },
  filter: {
    text: 'mail & more',
    state: ['unstarted', 'started'],
    type: ['bug'],
    priority: [0, 1],
    label: ['d:1', 'milestone:gm-1'],
    assignee: ['', 'Ada'],
    standing: 'blocked',
  },
}

describe('a view', () => {
  it('begins with lanes where there is orchestration, else as a list by the last change', () => {
    expect([full.layout, full.order.by]).toEqual(['kanban', 'urgency'])
    expect([beadsOnly.layout, beadsOnly.order]).toEqual(['flat', { by: 'modified', direction: 'descending' }])
  })

  it('comes back from its query', () => {
    for (const usual of [full, beadsOnly]) {
      expect(readView(queryOf(view, usual), usual)).toEqual(view)
      expect(readView(queryOf(usual), usual === full ? beadsOnly : full)).toEqual(usual)
    }
  })

  it('that is as usual needs no query', () => {
    expect(queryOf(full, full)).toEqual({})
    expect(isViewQuery({})).toBe(false)
    expect(isViewQuery({ order: 'id' })).toBe(true)
  })

  it('ignores what no board knows', () => {
    const query = { layout: 'carousel', order: ['x', null], priority: ['9', '1'], state: 'nowhere', is: null }
    expect(readView(query, full)).toEqual({ ...full, filter: { ...full.filter, priority: [1] } })
  })

  it('takes a new order in its own direction', () => {
    expect(readView({ order: 'created' }, full).order).toEqual({ by: 'created', direction: 'descending' })
  })
})
