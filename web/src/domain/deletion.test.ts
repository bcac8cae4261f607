import { expect, it } from 'vitest'
import { detailOf } from '../../testing/sample-details.ts'
import { makeBead } from '../../testing/sample.ts'
import { deletionPoints } from './deletion.ts'

it('says what goes and what stays', () => {
  const milestone = makeBead('m', 'M1: One', { type: 'milestone', blocks: ['x'], blockedBy: ['y'], labels: ['a'] })
  const all = [
    milestone,
    ...[1, 2, 3, 4, 5, 6, 7].map((n) => makeBead(`c${n}`, 'C', { parent: 'm' })),
    makeBead('t', 'T', { labels: ['milestone:m'] }),
  ]
  expect(deletionPoints(detailOf(milestone), all)).toEqual([
    'Its texts, 1 label, 1 comment and its history go.',
    '1 dependency of it goes.',
    'What depends on it does so no longer: x.',
    '7 beads stay without a parent: c1, c2, c3, c4, c5 and 2 more.',
    '1 bead keeps the label milestone:m, which then names nothing.',
    'Texts of beads beside it that mention m say [deleted:m] from then on.',
  ])
  expect(deletionPoints(detailOf(makeBead('d', 'D', { labels: [] })), [])).toHaveLength(2)
})
