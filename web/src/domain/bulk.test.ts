import { describe, expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { planBulk } from './bulk.ts'

const open = makeBead('a', '', { labels: ['x'] })
const deferred = makeBead('b', '', { status: 'deferred', deferUntil: '2030-01-01T00:00:00Z' })
const closed = makeBead('c', '', { status: 'closed' })
const close = { kind: 'close', reason: 'Done' } as const

describe('a change of many', () => {
  it('closes, and reopens to what the bead was', () => {
    expect(planBulk(close, open, true)).toMatchObject({ steps: [close], undo: [{ kind: 'reopen' }] })
    expect(planBulk(close, deferred, true)).toMatchObject({
      undo: [{ kind: 'reopen' }, { patch: { status: 'deferred', deferUntil: '2030-01-01T00:00:00Z' } }],
    })
    expect(planBulk(close, closed, true)).toEqual({ steps: [], undo: [] })
  })

  it('defers, but for what is done', () => {
    const defer = { kind: 'defer', until: null } as const
    expect(planBulk(defer, open, true)).toMatchObject({ undo: [{ patch: { status: 'open' } }] })
    const until = '2031-05-04T00:00:00Z'
    expect(planBulk({ kind: 'defer', until }, deferred, true)).toEqual({
      steps: [{ kind: 'patch', patch: { status: 'deferred', deferUntil: until } }],
      undo: [{ kind: 'patch', patch: { deferUntil: '2030-01-01T00:00:00Z' } }],
    })
    const started = makeBead('e', '', { status: 'in_progress' })
    expect(planBulk(defer, started, true)).toMatchObject({ undo: [] })
    expect(planBulk(defer, started, false)).toMatchObject({ undo: [{ patch: { status: 'in_progress' } }] })
    expect(planBulk(defer, closed, true)).toMatch(/reopen it first/)
  })

  it('sets and takes only what differs, and takes only that back', () => {
    const edit = { kind: 'edit', patch: { addLabels: ['x', 'y'], removeLabels: ['z'], priority: 0 } } as const
    expect(planBulk(edit, open, true)).toEqual({
      steps: [{ kind: 'patch', patch: { addLabels: ['y'], priority: 0 } }],
      undo: [{ kind: 'patch', patch: { removeLabels: ['y'], priority: 2 } }],
    })
    expect(planBulk({ kind: 'edit', patch: { addLabels: ['x'] } }, open, true)).toEqual({ steps: [], undo: [] })
  })

  it('sets type and parent, and gives each back its own', () => {
    const edit = { kind: 'edit', patch: { type: 'bug', parent: 'e-1' } } as const
    const child = makeBead('d', '', { parent: 'e-2', type: 'bug' })
    expect(planBulk(edit, open, true)).toEqual({
      steps: [{ kind: 'patch', patch: { type: 'bug', parent: 'e-1' } }],
      undo: [{ kind: 'patch', patch: { type: 'task', parent: null } }],
    })
    expect(planBulk(edit, child, true)).toEqual({
      steps: [{ kind: 'patch', patch: { parent: 'e-1' } }],
      undo: [{ kind: 'patch', patch: { parent: 'e-2' } }],
    })
  })
})
