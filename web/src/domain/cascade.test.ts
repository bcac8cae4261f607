import { describe, expect, it } from 'vitest'
import type { BeadSummary } from '../../../model/bead.ts'
import { makeBead, manyBeads } from '../../testing/sample.ts'
import { cascadeOf, flatRows, pathTo } from './cascade.ts'

const never = () => false

function finder(beads: readonly BeadSummary[]) {
  const byId = new Map(beads.map((bead) => [bead.id, bead]))
  return (id: string) => byId.get(id)
}

function drawn(beads: readonly BeadSummary[], all = beads): string[] {
  return cascadeOf(beads, finder(all), never).map(
    (row) => `${'. '.repeat(row.level - 1)}${row.bead?.id ?? row.title}${row.context ? ' (context)' : ''}`,
  )
}

const project = [
  makeBead('task', 'of the epic', { parent: 'epic' }),
  makeBead('sub', 'of the task', { parent: 'task' }),
  makeBead('epic', '', { type: 'epic', parent: 'stone' }),
  makeBead('stone', '', { type: 'milestone' }),
  makeBead('direct', 'of the milestone', { parent: 'stone' }),
  makeBead('tagged', 'by its label', { labels: ['milestone:stone'] }),
  makeBead('loose', ''),
  makeBead('alone', '', { type: 'epic' }),
  makeBead('lost', '', { parent: 'gone' }),
]

describe('the cascade', () => {
  it('goes from milestone to epic to bead, and gathers what has none', () => {
    expect(drawn(project)).toEqual([
      'stone',
      '. epic',
      '. . task',
      '. . . sub',
      '. No epic',
      '. . direct',
      '. . tagged',
      'No milestone',
      '. alone',
      '. No epic',
      '. . loose',
      '. . lost',
    ])
  })

  it('keeps what stands above a bead that passes the filter', () => {
    expect(drawn([project[1]!], project)).toEqual([
      'stone (context)',
      '. epic (context)',
      '. . task (context)',
      '. . . sub',
    ])
  })

  it('cuts circles open and loses nobody in them', () => {
    const circle = [
      makeBead('a', '', { parent: 'c', type: 'epic' }),
      makeBead('b', '', { parent: 'a' }),
      makeBead('c', '', { parent: 'b' }),
      makeBead('self', '', { parent: 'self' }),
    ]
    for (const order of [circle, [...circle].reverse()]) {
      const ids = cascadeOf(order, finder(order), never).flatMap((row) => row.bead?.id ?? [])
      expect(ids.sort()).toEqual(['a', 'b', 'c', 'self'])
    }
  })

  it('folds, and tells place and number of siblings', () => {
    const rows = cascadeOf(project, finder(project), ({ key }) => key === 'epic' || key === 'none')
    expect(rows.map((row) => row.bead?.id ?? row.title)).toEqual([
      ...['stone', 'epic', 'No epic', 'direct', 'tagged', 'No milestone'],
    ])
    expect(rows.map((row) => row.unfolded)).toEqual([true, false, true, null, null, false])
    expect(rows.map((row) => `${row.position}/${row.siblings}`)).toEqual(['1/2', '1/2', '2/2', '1/2', '2/2', '2/2'])
  })

  it('tells what hides a bead', () => {
    const folded = ({ key }: { key: string }) => key === 'stone' || key === 'task'
    expect(pathTo('sub', project, finder(project), folded)).toEqual(['stone', 'task'])
    expect(pathTo('nobody', project, finder(project), folded)).toBeNull()
  })

  it('bears a chain of ten thousand parents', () => {
    const chain = manyBeads(10_000).map((bead, at) => ({ ...bead, parent: at === 0 ? null : `many-${at - 1}` }))
    expect(cascadeOf(chain, finder(chain), never)).toHaveLength(10_002)
  })
})

it('a list has one level', () => {
  const rows = flatRows(project)
  expect([rows.length, rows.at(8)?.key, rows.at(8)?.level]).toEqual([project.length, 'lost', 1])
  expect([rows.at(-1), rows.at(project.length)]).toEqual([undefined, undefined])
  expect(flatRows(project.slice(8)).at(0)).toBe(rows.at(8))
})
