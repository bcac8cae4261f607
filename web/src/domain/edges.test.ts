import { expect, it } from 'vitest'
import { visibleEdges } from './edges.ts'

it('says in words which way each edge goes, and leaves parents out', () => {
  const edges = visibleEdges({
    dependencies: [
      { from: 'a', to: 'b', kind: 'blocks' },
      { from: 'a', to: 'p', kind: 'parent-child' },
      { from: 'a', to: 'external:other:mail', kind: 'tracks' },
    ],
    dependents: [
      { from: 'c', to: 'a', kind: 'blocks' },
      { from: 'd', to: 'a', kind: 'tracks' },
    ],
  })
  expect(edges.map(({ says, other, mine }) => [says, other, mine])).toEqual([
    ['waits for', 'b', true],
    ['tracks:', 'external:other:mail', true],
    ['holds back', 'c', false],
    ['tracks, from', 'd', false],
  ])
})
