import { describe, expect, it } from 'vitest'
import type { BeadSummary } from '../../../model/bead.ts'
import { makeBead } from '../../testing/sample.ts'
import { layOut } from '../graph/layout.ts'
import { comparing } from './bead-order.ts'
import { centreOf, mostNodes, neighbourhood, type BeadGraph } from './graph.ts'
import { walkGraph } from './graph-walk.ts'
import { relationsOf } from './graph-words.ts'
import { looseKey, mostWrappers, projectGraph } from './project-graph.ts'

function held(id: string, blockedBy: string[], blocks: string[], more: Partial<BeadSummary> = {}): BeadSummary {
  return makeBead(id, `Title of ${id}`, { blockedBy, blocks, ...more })
}

const finding = (beads: readonly BeadSummary[]) => (id: string) => beads.find((bead) => bead.id === id)
const keys = (graph: BeadGraph) => graph.nodes.map((node) => node.key)
const around = (beads: readonly BeadSummary[], centre: string) => neighbourhood(beads, finding(beads), centre)
const project = (beads: readonly BeadSummary[], ...unfolded: string[]) =>
  projectGraph(beads, finding(beads), new Set(unfolded))

/** a holds back b, b holds back c, c holds back d. */
const chain = [held('a', [], ['b']), held('b', ['a'], ['c']), held('c', ['b'], ['d']), held('d', ['c'], [])]

describe('the bead in the middle', () => {
  it('is the named one, else the one that holds back most', () => {
    const beads = [held('a', [], ['b']), held('b', ['a'], ['c', 'd'])]
    expect(centreOf(beads, [null, 'gone', 'a'])).toBe('a')
    expect(centreOf(beads, [null, 'gone'])).toBe('b')
    expect(centreOf([], ['a'])).toBeNull()
  })
})

describe('a neighbourhood', () => {
  it('reaches two steps, both ways, and draws each edge once', () => {
    expect(keys(around(chain, 'a'))).toEqual(['a', 'b', 'c'])
    const { edges } = around(chain, 'c')
    expect(edges.map(({ from, to, count }) => `${from}>${to} ${count}`).sort()).toEqual(['a>b 1', 'b>c 1', 'c>d 1'])
  })

  it('has parents and children, after what holds back', () => {
    const beads = [held('p', [], [], { type: 'epic' }), held('a', [], ['b'], { parent: 'p' }), held('b', ['a'], [])]
    expect(keys(around(beads, 'a'))).toEqual(['a', 'b', 'p'])
    expect(around(beads, 'a').edges).toContainEqual({ from: 'p', to: 'a', kind: 'contains', count: 1 })
  })

  it('survives circles, itself, and edges that lead nowhere', () => {
    const beads = [held('a', ['b', 'a', 'gone'], ['b']), held('b', ['a'], ['a'], { parent: 'b' })]
    const graph = around(beads, 'a')
    expect(keys(graph)).toEqual(['a', 'b'])
    expect(graph.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(['a>b', 'b>a'])
    expect(graph.dangling).toBe(1)
    expect(around(beads, 'gone')).toMatchObject({ nodes: [], edges: [] })
  })

  it('is in the order that is asked for, which does not choose what is drawn', () => {
    const many = Array.from({ length: 400 }, (_, at) => held(`k${at}`, [], [], { parent: 'a' }))
    const beads = [...many, held('a', ['z'], []), held('z', [], ['a'])]
    const highest = comparing({ by: 'id', direction: 'descending' })
    const graph = neighbourhood(beads, finding(beads), 'a', highest)
    expect(keys(graph)).toEqual([
      'z',
      ...many
        .slice(0, mostNodes - 2)
        .map(({ id }) => id)
        .reverse(),
      'a',
    ])
  })

  it('has at most 150 nodes, keeps what holds back, and tells how many are left out', () => {
    const many = Array.from({ length: 400 }, (_, at) => held(`k${at}`, [], [], { parent: 'a' }))
    const beads = [...many, held('a', ['z'], []), held('z', [], ['a'])]
    const graph = around(beads, 'a')
    expect(graph.nodes).toHaveLength(mostNodes)
    expect(keys(graph)).toContain('z')
    expect(graph.leftOut).toBe(402 - mostNodes)
    const drawn = new Set(keys(graph))
    expect(graph.edges.every(({ from, to }) => drawn.has(from) && drawn.has(to))).toBe(true)
  })
})

describe('the whole project', () => {
  const beads = [
    makeBead('m', 'Milestone', { type: 'milestone' }),
    makeBead('e', 'Epic', { type: 'epic', parent: 'm' }),
    makeBead('f', 'Other epic', { type: 'epic', labels: ['milestone:m'] }),
    held('a', [], ['b'], { parent: 'e' }),
    held('sub', [], [], { parent: 'a', status: 'closed' }),
    held('b', ['a'], [], { parent: 'f' }),
    held('alone', [], []),
  ]

  it('is wrappers with counts, and the dependencies of their beads drawn together', () => {
    const graph = project(beads)
    expect(keys(graph)).toEqual([looseKey, 'm', 'e', 'f'])
    expect(graph.nodes.find(({ key }) => key === 'e')).toMatchObject({ holds: { done: 1, all: 2 }, unfolded: false })
    expect(graph.nodes.find(({ key }) => key === 'm')).toMatchObject({ holds: { done: 1, all: 3 }, unfolded: null })
    const edges = graph.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`).sort()
    expect(edges).toEqual(['e blocks f', 'm contains e', 'm contains f'])
  })

  it('unfolds a wrapper into its beads', () => {
    const graph = project(beads, 'e')
    expect(keys(graph)).toEqual([looseKey, 'm', 'e', 'f', 'a', 'sub'])
    expect(graph.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toContain('a blocks f')
  })

  it('folds epics into their milestones where there are many, with the dependencies of their beads', () => {
    const many = Array.from({ length: mostWrappers }, (_, at) => makeBead(`f${at}`, 'F', { type: 'epic', parent: 'm' }))
    const more = [
      ...beads,
      ...many,
      makeBead('n', 'Next', { type: 'milestone' }),
      held('z', ['a', 'b'], [], { parent: 'n' }),
    ]
    const folded = project(more)
    expect(keys(folded)).toEqual([looseKey, 'm', 'n'])
    expect(folded.foldedAway).toBe(mostWrappers + 2)
    expect(folded.edges).toEqual([{ from: 'm', to: 'n', kind: 'blocks', count: 2 }])
    expect(folded.nodes.find(({ key }) => key === 'm')).toMatchObject({ holds: { all: 3 }, unfolded: false })
    const unfolded = project(more, 'm', 'e')
    expect(keys(unfolded).slice(0, 5)).toEqual([looseKey, 'm', 'n', 'e', 'f'])
    expect(keys(unfolded)).toContain('a')
    expect(keys(project(more, 'e'))).not.toContain('a')
  })

  it('keeps half of the room for what is unfolded', () => {
    const epics = Array.from({ length: 400 }, (_, at) => makeBead(`e${at}`, 'Epic', { type: 'epic' }))
    const inside = Array.from({ length: 200 }, (_, at) => held(`i${at}`, [], [], { parent: 'e399' }))
    const graph = project([...epics, ...inside], 'e399')
    expect(graph).toMatchObject({ leftOut: 450, nodes: { length: mostNodes } })
    expect(keys(graph)).toContain('e399')
    expect(keys(graph).filter((key) => key.startsWith('i'))).toHaveLength(mostNodes / 2)
  })

  it('draws no more arrows than go between its nodes, the heaviest ones, and tells how many it leaves out', () => {
    const count = 30
    const epics = Array.from({ length: count }, (_, at) => makeBead(`e${at}`, 'Epic', { type: 'epic' }))
    const held3 = (at: number): string[] => Array.from({ length: at }, (_, one) => `b${one}`)
    const inside = Array.from({ length: count }, (_, at) => held(`b${at}`, held3(at), [], { parent: `e${at}` }))
    const twice = held('again', ['b0'], [], { parent: 'e29' })
    const graph = project([...epics, ...inside, twice])
    expect(graph.arrowsLeftOut).toBe((count * (count - 1)) / 2 - 2 * count)
    expect(graph.edges[0]).toEqual({ from: 'e0', to: 'e29', kind: 'blocks', count: 2 })
  })

  it('puts a circle of parents into the heap, and leaves out what is too much', () => {
    const circle = [held('x', [], [], { parent: 'y' }), held('y', [], [], { parent: 'x' })]
    expect(project(circle).nodes).toMatchObject([{ key: looseKey, holds: { all: 2 } }])
    const epics = Array.from({ length: 200 }, (_, at) => makeBead(`e${at}`, 'Epic', { type: 'epic' }))
    expect(project(epics)).toMatchObject({ leftOut: 50, nodes: { length: mostNodes } })
  })
})

describe('arrow keys', () => {
  const spots = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 100, y: 80 }],
    ['c', { x: 100, y: 0 }],
    ['far', { x: 300, y: 400 }],
  ])
  const edges = [{ from: 'a', to: 'b' }]

  it('follow edges, go along the column, and reach what nothing leads to', () => {
    expect(walkGraph(spots, edges, 'a', 'right')).toBe('b')
    expect(walkGraph(spots, edges, 'b', 'left')).toBe('a')
    expect(walkGraph(spots, edges, 'b', 'up')).toBe('c')
    expect(walkGraph(spots, edges, 'b', 'down')).toBe('far')
    expect(walkGraph(spots, edges, 'a', 'up')).toBeNull()
    expect(walkGraph(spots, edges, 'gone', 'up')).toBe('a')
  })
})

it('the list says what the arrows say', () => {
  const says = relationsOf(around(chain, 'b')).get('b')
  expect(says?.map((one) => `${one.says} ${one.others.map(({ key }) => key).join()}`)).toEqual([
    'waits for a',
    'holds back c',
  ])
})

describe('the layout', () => {
  const size = { width: 224, height: 88 }

  it('leads to the right, and turns a circle round', () => {
    const { spots, ways } = layOut({ ask: 1, nodes: [size, size], edges: [[0, 1]] })
    expect(spots[1]?.x).toBeGreaterThan((spots[0]?.x ?? 0) + size.width)
    expect(ways[0]?.length).toBeGreaterThan(1)
    const circle = layOut({ ask: 2, nodes: [size, size], edges: [[0, 1], [1, 0]] }) // prettier-ignore
    expect(circle.ways.every((way) => way.length > 1)).toBe(true)
  })

  const tops = (edges: readonly (readonly [number, number])[], many: number, last: number): number[] => {
    const { spots } = layOut({ ask: 1, nodes: Array.from({ length: many }, () => size), edges })
    return spots.slice(-last).map(({ y }) => y)
  }

  it('keeps the order of nodes that wait for the same, also two columns on and beside others', () => {
    const two = tops([[0, 3], [0, 2], [0, 1], [1, 4], [1, 5], [2, 6], [3, 7], [3, 8]], 9, 5) // prettier-ignore
    expect(two).toEqual([...two].sort((a, b) => a - b))
    const apart = tops([[0, 2], [1, 3]], 6, 4) // prettier-ignore
    expect(apart.slice(0, 2)).toEqual([...apart.slice(0, 2)].sort((a, b) => a - b))
  })

  it('crosses no arrows for the sake of the order', () => {
    const [two = 0, three = 0] = tops([[0, 2], [0, 3], [1, 2]], 4, 2) // prettier-ignore
    expect(three).toBeLessThan(two)
    const [second = 0, first = 0, third = 0, fourth = 0] = tops([[0, 3], [1, 2], [0, 4], [1, 5]], 6, 4) // prettier-ignore
    expect(Math.max(first, third)).toBeLessThan(Math.min(second, fourth))
  })

  it('of nothing has no size', () => {
    expect(layOut({ ask: 1, nodes: [], edges: [] })).toMatchObject({ spots: [], ways: [], width: expect.any(Number) })
  })
})
