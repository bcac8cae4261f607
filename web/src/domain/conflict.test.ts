import { expect, it } from 'vitest'
import type { BeadDetail } from '../../../model/bead.ts'
import { makeBead } from '../../testing/sample.ts'
import { conflictRows } from './conflict.ts'

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
    { field: 'title', mine: 'My title', theirs: 'Their title' },
    { field: 'description', mine: 'mine', theirs: '(empty)' },
    { field: 'labels', mine: 'kept, new', theirs: 'kept' },
  ])
})
