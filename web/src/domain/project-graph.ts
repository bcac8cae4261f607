import type { BeadSummary } from '../../../model/bead.ts'
import { wrapperTypes } from '../../../model/bead.ts'
import { parentOf } from './cascade.ts'
import type { BeadGraph, Find, GraphEdge, GraphNode } from './graph.ts'
import { danglingOf, edgesBetween, mostNodes } from './graph.ts'

/** Stands for the beads that belong to no milestone or epic; no bead's id is empty. */
export const looseKey = ''

/**
 * The project as its milestones and epics, each with what it holds and with the dependencies between their beads drawn
 * together; the beads of those in `unfolded` stand for themselves. Wrappers come first where there are too many.
 */
export function projectGraph(all: readonly BeadSummary[], find: Find, unfolded: ReadonlySet<string>): BeadGraph {
  const wrappers = all.filter(isWrapper)
  const members = new Map<string, BeadSummary[]>()
  const homes = new Map<string, string>()
  for (const bead of all) {
    if (isWrapper(bead)) continue
    const home = homeOf(bead, find)
    homes.set(bead.id, home)
    if (members.get(home)?.push(bead) === undefined) members.set(home, [bead])
  }
  const tops: GraphNode[] = [...wrappers].sort(byRank).map((bead) => wrapperNode(bead.id, bead))
  const loose = members.has(looseKey) ? [wrapperNode(looseKey, null)] : []
  const inside = [...unfolded].flatMap((key) => members.get(key) ?? [])
  const wanted: GraphNode[] = [...loose, ...tops, ...inside.map((bead) => plainNode(bead))]
  const nodes = wanted.slice(0, mostNodes)
  const drawn = new Set(nodes.map((node) => node.key))
  const standsFor = (id: string): string | null =>
    [id, homes.get(id)].find((key) => key !== undefined && drawn.has(key)) ?? null
  return {
    nodes,
    edges: [...edgesBetween(all, standsFor).filter(isTold), ...belonging(nodes)],
    leftOut: wanted.length - nodes.length,
    dangling: danglingOf(all, find),
  }

  function wrapperNode(key: string, bead: BeadSummary | null): GraphNode {
    const own = members.get(key) ?? []
    const holds = { done: own.filter((one) => one.state === 'completed').length, all: own.length }
    return { key, bead, holds, unfolded: own.length === 0 ? null : unfolded.has(key) }
  }

  /** Belonging is drawn from what the cascade knows; `parent` alone would draw it twice. */
  function belonging(shown: readonly GraphNode[]): GraphEdge[] {
    return shown.flatMap(({ key, bead }) => {
      if (bead === null) return []
      const above = isWrapper(bead) ? parentOf(bead, find)?.id : homes.get(key)
      if (above === undefined || above === key || !drawn.has(above)) return []
      return [{ from: above, to: key, kind: 'contains', count: 1 } as const]
    })
  }
}

function isTold(edge: GraphEdge): boolean {
  return edge.kind === 'blocks'
}

function plainNode(bead: BeadSummary): GraphNode {
  return { key: bead.id, bead, holds: null, unfolded: null }
}

function isWrapper(bead: BeadSummary): boolean {
  return wrapperTypes.includes(bead.type)
}

/** Milestones before epics, what is open before what is done. */
function byRank(a: BeadSummary, b: BeadSummary): number {
  return rank(a) - rank(b)
}

function rank(bead: BeadSummary): number {
  return (bead.state === 'completed' ? 2 : 0) + (bead.type === 'milestone' ? 0 : 1)
}

/** The nearest wrapper above; a circle of parents has none. */
function homeOf(bead: BeadSummary, find: Find): string {
  const seen = new Set<string>([bead.id])
  for (let above = parentOf(bead, find); above !== undefined; above = parentOf(above, find)) {
    if (isWrapper(above)) return above.id
    if (seen.has(above.id)) break
    seen.add(above.id)
  }
  return looseKey
}
