import { expect, it } from 'vitest'
import type { BeadDetail } from '../../../model/bead.ts'
import { makeBead } from '../../testing/sample.ts'
import { alsoChanged, clashes, conflictRows, resolvedPatch, stillWaiting } from './conflict.ts'

const theirs: BeadDetail = {
  ...makeBead('b-1', 'Their title', { labels: ['kept'] }),
  description: '',
  design: '',
  acceptance: '',
  notes: '',
  owner: '',
  createdBy: 'jon',
  closeReason: '',
  externalRef: null,
  estimatedMinutes: null,
  dueAt: null,
  startedAt: null,
  metadata: {},
  dependencies: [],
  dependents: [],
  comments: [],
  etag: 'x',
}

it('sets mine beside theirs, field by field', () => {
  expect(conflictRows({ title: 'My title', description: 'mine', addLabels: ['new'] }, theirs)).toEqual([
    { field: 'title', name: 'Title', mergeable: true, mine: 'My title', theirs: 'Their title' },
    { field: 'description', name: 'Description', mergeable: true, mine: 'mine', theirs: '(empty)' },
    { field: 'labels', name: 'Labels', mergeable: false, mine: 'kept, new', theirs: 'kept' },
  ])
})

it('only what both changed clashes; what one changed needs no choice', () => {
  const base = { ...theirs, title: 'Base title', priority: 4 }
  expect(clashes({ patch: { title: 'Mine' }, base, theirs })).toBe(true)
  expect(clashes({ patch: { design: 'Mine' }, base, theirs })).toBe(false)
  expect(clashes({ patch: { addLabels: ['x'] }, base, theirs: { ...theirs, labels: [] } })).toBe(false)
  expect(alsoChanged({ patch: { title: 'Mine' }, base, theirs: { ...theirs, labels: [] } })).toEqual([
    'Priority',
    'Labels',
  ])
})

it('what was chosen field by field becomes one edit', () => {
  const patch = { title: 'Mine', design: 'Mine', notes: 'Mine', addLabels: ['x'], removeLabels: ['y'] }
  const choices = {
    title: { use: 'theirs' },
    design: { use: 'merged', text: 'Both' },
    labels: { use: 'theirs' },
  } as const
  expect(resolvedPatch(patch, choices)).toEqual({ design: 'Both', notes: 'Mine' })
  expect(resolvedPatch({ title: 'Mine' }, { title: { use: 'theirs' } })).toEqual({})
})

it('an edit settles what waits of its own fields, and nothing else', () => {
  const [titles, texts] = [{ title: 'Mine', addLabels: ['x'] }, { design: 'Mine' }]
  const waiting = [titles, texts].map((patch) => ({ patch, base: theirs, theirs }))
  expect(stillWaiting(waiting, { title: 'Later', addLabels: ['y'] }).map(({ patch }) => patch)).toEqual([
    { addLabels: ['x'] },
    { design: 'Mine' },
  ])
  expect(stillWaiting(waiting, { design: 'Later' }).map(({ patch }) => patch)).toEqual([titles])
  expect(stillWaiting(waiting, { notes: 'Later' })).toEqual(waiting)
})
