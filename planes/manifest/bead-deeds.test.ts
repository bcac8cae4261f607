import { expect, test } from 'vitest'
import { emptyBead } from '../../api/testing/samples.ts'
import type { BeadDetail } from '../../model/bead.ts'
import { stateOf } from '../../model/bead.ts'
import { createdDeed, editedDeed } from './bead-deeds.ts'

function bead(fields: Partial<BeadDetail> = {}): BeadDetail {
  const made = { ...emptyBead('gm-1'), ...fields }
  return { ...made, state: stateOf(made.status, made.labels) }
}

test.each([
  ['epic', 'epic.created', 'epic'],
  ['milestone', 'milestone.created', 'milestone'],
  ['decision', 'decision.created', 'decision'],
  ['bug', 'work_item.created', 'bead'],
])('a new %s is %s', (type, action, entity) => {
  const made = bead({ type, labels: ['a'], parent: 'gm-2', description: 'text' })
  const deed = createdDeed({ title: 'gm-1', type, labels: ['a'], parent: 'gm-2', description: 'text' }, made)
  expect(deed).toMatchObject({ action, entity: { type: entity, id: 'gm-1' } })
  expect(deed.after).toEqual({
    title: 'gm-1',
    type,
    labels: ['a'],
    parent: 'gm-2',
    description: 'text',
    state_category: 'unstarted',
  })
})

test('a label that stands for a lane is a move, not an edit of labels', () => {
  const deed = editedDeed({ addLabels: ['staged:true', 'x'] }, bead(), bead({ labels: ['staged:true', 'x'] }))
  expect(deed).toMatchObject({
    action: 'work_item.state_changed',
    before: { state_category: 'unstarted', labels: [] },
    after: { state_category: 'staged', labels: ['x'] },
  })
})

test('another status in the same lane is an edit', () => {
  const deed = editedDeed({ status: 'blocked' }, bead({ status: 'in_progress' }), bead({ status: 'blocked' }))
  expect(deed).toMatchObject({
    action: 'work_item.edited',
    before: { status: 'in_progress' },
    after: { status: 'blocked' },
  })
})

test('a new parent is a change of dependencies, also beside an edit; a move goes before it', () => {
  const after = bead({ parent: 'gm-2', title: 'b' })
  expect(editedDeed({ parent: 'gm-2', title: 'b' }, bead(), after)).toMatchObject({
    action: 'dependency.changed',
    before: { parent: null, title: 'gm-1' },
    after: { parent: 'gm-2', title: 'b' },
  })
  const moved = editedDeed({ parent: 'gm-2', status: 'deferred' }, bead(), bead({ parent: 'gm-2', status: 'deferred' }))
  expect(moved?.action).toBe('work_item.state_changed')
})

test('of metadata only what was named, and labels whatever their order', () => {
  const before = bead({ metadata: { a: 1, b: 2 }, labels: ['y', 'x'] })
  const after = bead({ metadata: { a: 3, b: 9 }, labels: ['x', 'y'] })
  expect(editedDeed({ metadata: { a: 3 }, addLabels: ['x'] }, before, after)).toMatchObject({
    before: { metadata: { a: 1 } },
    after: { metadata: { a: 3 } },
  })
  expect(editedDeed({ addLabels: ['x'] }, before, after)).toBeUndefined()
})
