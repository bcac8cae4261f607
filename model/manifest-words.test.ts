import { describe, expect, test } from 'vitest'
import type { ManifestEntity } from './manifest.ts'
import { sentenceOf, shortName, summaryOf, type Told } from './manifest-words.ts'

const entity: ManifestEntity = { type: 'bead', id: 'gm-4u4l.3', title: 'BOM-3: Session manifest JSONL ledger' }

function told(action: Told['action'], before: Told['before'], after: Told['after'], of = entity): Told {
  return { action, entity: of, before, after }
}

test("the seed's own example", () => {
  const moved = told('work_item.state_changed', { state_category: 'staged' }, { state_category: 'started' })
  expect(summaryOf(moved)).toBe('Moved BOM-3 from Staged to In Progress.')
  expect(sentenceOf(moved, 'You')).toBe('You moved "BOM-3: Session manifest JSONL ledger" from Staged to In Progress.')
})

test.each([
  ['BOM-3: Ledger', 'BOM-3'],
  ['M2: Release', 'M2'],
  ['E1.2: Part', 'E1.2'],
  ['Ledger: the file', 'gm-4u4l.3'],
  ['BOM-3', 'gm-4u4l.3'],
  ['', 'gm-4u4l.3'],
])('%j is called %s', (title, name) => {
  expect(shortName({ ...entity, title })).toBe(name)
})

describe.each<[Told, string]>([
  [told('work_item.created', {}, { title: 'x' }), 'Created BOM-3.'],
  [told('epic.created', {}, {}, { ...entity, type: 'epic' }), 'Created the epic BOM-3.'],
  [told('milestone.created', {}, {}), 'Created the milestone BOM-3.'],
  [told('decision.created', {}, {}), 'Created the decision BOM-3.'],
  [told('work_item.deleted', {}, {}), 'Deleted BOM-3.'],
  [
    told(
      'work_item.state_changed',
      { state_category: 'staged', title: 'a' },
      { state_category: 'backlog', title: 'b' },
    ),
    'Moved BOM-3 from Staged to Backlog and edited its title.',
  ],
  [
    told('work_item.state_changed', { state_category: 'started' }, { state_category: 'completed', close_reason: 'x' }),
    'Moved BOM-3 from In Progress to Done.',
  ],
  [told('work_item.state_changed', {}, { state_category: 'hidden' }), 'Moved BOM-3.'],
  [told('work_item.edited', { title: 'a' }, { title: 'b' }), 'Renamed "a" to "b".'],
  [told('work_item.edited', { priority: 2 }, { priority: 0 }), 'Changed the priority of BOM-3 from P2 to P0.'],
  [told('work_item.edited', { labels: ['a'] }, { labels: ['a', 'b', 'c'] }), 'Added the labels "b" and "c" to BOM-3.'],
  [told('work_item.edited', { labels: ['a'] }, { labels: [] }), 'Removed the label "a" from BOM-3.'],
  [told('work_item.edited', { labels: ['a'] }, { labels: ['b'] }), 'Edited the labels of BOM-3.'],
  [told('work_item.edited', { labels: 'a' }, { labels: 7 }), 'Edited the labels of BOM-3.'],
  [
    told('work_item.edited', { status: 'open' }, { status: 'blocked' }),
    'Changed the status of BOM-3 from open to blocked.',
  ],
  [told('work_item.edited', { assignee: null }, { assignee: 'ada' }), 'Assigned BOM-3 to ada.'],
  [told('work_item.edited', { assignee: 'ada' }, { assignee: null }), 'Took BOM-3 from ada.'],
  [told('work_item.edited', { assignee: null }, { assignee: null }), 'Edited the assignee of BOM-3.'],
  [told('work_item.edited', {}, { comment: 'hm' }), 'Commented on BOM-3.'],
  [
    told('work_item.edited', { title: 'a', notes: '', acceptance: '' }, { title: 'b', notes: 'n', acceptance: 'c' }),
    'Edited the title, notes and acceptance criteria of BOM-3.',
  ],
  [
    told('work_item.edited', { size: 1, title: 'a' }, { size: 2, title: 'b' }),
    'Edited the title and other fields of BOM-3.',
  ],
  [told('work_item.edited', {}, {}), 'Edited BOM-3.'],
  [told('dependency.changed', {}, { depends_on: 'gm-2', kind: 'blocks' }), 'Made BOM-3 depend on gm-2.'],
  [told('dependency.changed', {}, { depends_on: 'gm-2', kind: 'related' }), 'Made BOM-3 depend on gm-2 (related).'],
  [told('dependency.changed', { depends_on: 'gm-2', kind: 'blocks' }, {}), 'Removed the dependency of BOM-3 on gm-2.'],
  [told('dependency.changed', {}, { depends_on: 'gm-2', kind: 'parent-child' }), 'Put BOM-3 under gm-2.'],
  [told('dependency.changed', { depends_on: 'gm-2', kind: 'parent-child' }, {}), 'Took BOM-3 out of gm-2.'],
  [told('dependency.changed', { parent: null }, { parent: 'gm-2' }), 'Put BOM-3 under gm-2.'],
  [
    told('dependency.changed', { parent: 'gm-2', title: 'a' }, { parent: null, title: 'b' }),
    'Took BOM-3 out of gm-2 and edited its title.',
  ],
  [told('dependency.changed', {}, {}), 'Changed the dependencies of BOM-3.'],
  [
    told('source.connected', {}, {}, { type: 'source', id: 'url', title: 'dolt://example/gemba' }),
    'Connected to dolt://example/gemba.',
  ],
])('%#', (one, summary) => {
  test(summary, () => expect(summaryOf(one)).toBe(summary))
})
