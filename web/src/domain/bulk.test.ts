import { describe, expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import type { BulkChange } from './bulk.ts'
import { planBulk } from './bulk.ts'

const open = makeBead('a', '', { labels: ['x'] })
const deferred = makeBead('b', '', { status: 'deferred', deferUntil: '2030-01-01T00:00:00Z' })
const closed = makeBead('c', '', { status: 'closed' })
const close: BulkChange = { kind: 'close', reason: 'Done' }

describe('a change of many', () => {
  it('closes, and reopens to what the bead was', () => {
    expect(planBulk(close, open)).toMatchObject({ steps: [close], undo: [{ kind: 'reopen' }] })
    expect(planBulk(close, deferred)).toMatchObject({
      undo: [{ kind: 'reopen' }, { patch: { status: 'deferred', deferUntil: '2030-01-01T00:00:00Z' } }],
    })
    expect(planBulk(close, closed)).toEqual({ steps: [], undo: [] })
  })

  it('defers, but for what is done', () => {
    const defer: BulkChange = { kind: 'defer', until: null }
    expect(planBulk(defer, open)).toMatchObject({ undo: [{ patch: { status: 'open', deferUntil: null } }] })
    const until = '2031-05-04T00:00:00Z'
    expect(planBulk({ kind: 'defer', until }, deferred)).toEqual({
      steps: [{ kind: 'patch', patch: { status: 'deferred', deferUntil: until } }],
      undo: [{ kind: 'patch', patch: { status: 'deferred', deferUntil: '2030-01-01T00:00:00Z' } }],
    })
    expect(planBulk(defer, closed)).toMatch(/reopen it first/)
  })

  it('sets and takes only what differs, and takes only that back', () => {
    const edit: BulkChange = { kind: 'edit', patch: { addLabels: ['x', 'y'], removeLabels: ['z'], priority: 0 } }
    expect(planBulk(edit, open)).toEqual({
      steps: [{ kind: 'patch', patch: { addLabels: ['y'], priority: 0 } }],
      undo: [{ kind: 'patch', patch: { removeLabels: ['y'], priority: 2 } }],
    })
    expect(planBulk({ kind: 'edit', patch: { addLabels: ['x'] } }, open)).toEqual({ steps: [], undo: [] })
  })

  it('sets type and parent, and gives each back its own', () => {
    const edit: BulkChange = { kind: 'edit', patch: { type: 'bug', parent: 'e-1' } }
    const child = makeBead('d', '', { parent: 'e-2', type: 'bug' })
    expect(planBulk(edit, open)).toEqual({
      steps: [{ kind: 'patch', patch: { type: 'bug', parent: 'e-1' } }],
      undo: [{ kind: 'patch', patch: { type: 'task', parent: null } }],
    })
    expect(planBulk(edit, child)).toEqual({
      steps: [{ kind: 'patch', patch: { parent: 'e-1' } }],
      undo: [{ kind: 'patch', patch: { parent: 'e-2' } }],
    })
  })

  it('never promises to bring back what is deleted', () => {
    expect(planBulk({ kind: 'delete' }, open)).toEqual({ steps: [{ kind: 'delete' }], undo: null })
  })
})
