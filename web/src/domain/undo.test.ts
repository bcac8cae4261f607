import { expect, it } from 'vitest'
import { makeBead } from '../../testing/sample.ts'
import { undoOfClose, undoOfEdit, undoOfReopen } from './undo.ts'

const staged = makeBead('a', '', { labels: ['x', 'staged:true'], priority: 1 })
const deferUntil = '2030-01-01T00:00:00Z'
const deferred = makeBead('b', '', { status: 'deferred', deferUntil })
const started = makeBead('c', '', { status: 'in_progress' })

it('an edit is taken back in its own fields, where they were different', () => {
  expect(undoOfEdit({ status: 'deferred', removeLabels: ['staged:true', 'y'], deferUntil: null }, staged)).toEqual([
    { kind: 'patch', patch: { status: 'open', addLabels: ['staged:true'] } },
  ])
  expect(undoOfEdit({ status: 'open', addLabels: ['staged:true'], deferUntil: null }, deferred)).toEqual([
    { kind: 'patch', patch: { status: 'deferred', deferUntil, removeLabels: ['staged:true'] } },
  ])
  expect(undoOfEdit({ priority: 1 }, staged)).toEqual([])
})

it('an edit of which nobody knows what was there before is not taken back', () => {
  expect(undoOfEdit({ priority: 0, acceptance: 'x' }, staged)).toEqual([])
})

it('what was closed is opened again as it was, unless opening does not start the work that went on', () => {
  expect(undoOfClose(staged, true)).toEqual([{ kind: 'reopen', reason: 'Taken back' }])
  expect(undoOfClose(deferred, true)).toEqual([
    { kind: 'reopen', reason: 'Taken back' },
    { kind: 'patch', patch: { status: 'deferred', deferUntil } },
  ])
  expect(undoOfClose(started, true)).toEqual([])
  expect(undoOfClose(started, false)).toEqual([
    { kind: 'reopen', reason: 'Taken back' },
    { kind: 'patch', patch: { status: 'in_progress', deferUntil: null } },
  ])
})

it('what was reopened is closed again for its former reason, with what it had', () => {
  const closed = makeBead('d', '', { status: 'closed' })
  expect(undoOfReopen(closed, 'unstarted', 'Sold')).toEqual([{ kind: 'close', reason: 'Sold' }])
  expect(undoOfReopen({ ...closed, deferUntil }, 'staged', '')).toEqual([
    { kind: 'patch', patch: { deferUntil, removeLabels: ['staged:true'] } },
    { kind: 'close', reason: 'Taken back' },
  ])
})
