import type { BeadSummary } from '../../../model/bead.ts'
import type { Compare } from './bead-order.ts'

/** `blocks`: `from` holds `to` back. `contains`: `to` belongs to `from`. */
export type GraphEdgeKind = 'blocks' | 'contains'

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: GraphEdgeKind
  /** How many dependencies it stands for. */
  readonly count: number
}

export interface GraphNode {
  readonly key: string
  /** Null for the heap of beads that belong to no milestone or epic. */
  readonly bead: BeadSummary | null
  /** Of a milestone or an epic in the whole project: the beads in it. */
  readonly holds: { readonly done: number; readonly all: number } | null
  /** Null when it can not be unfolded. */
  readonly unfolded: boolean | null
}

export interface BeadGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Beads that belong here but would be too many. */
  readonly leftOut: number
  /** Arrows between what is drawn that would be too many: those that stand for the fewest dependencies. */
  readonly arrowsLeftOut: number
  /** Milestones and epics that stand for themselves only once what holds them is unfolded. */
  readonly foldedAway: number
  /** Dependencies on beads that this source does not hold. */
  readonly dangling: number
}

export type Find = (id: string) => BeadSummary | undefined

/** As many as can be laid out and looked at. Arrows of belonging are no more than nodes, and are all drawn. */
export const mostNodes = 150
const mostArrows = { ofNode: 2, atLeast: 20, atMost: 150 }
export const mostSteps = 2

/** The bead to begin with: the named one, else the one that holds back most; null when there is no bead. */
export function centreOf(shown: readonly BeadSummary[], named: readonly (string | null)[]): string | null {
  const ids = new Set(shown.map((bead) => bead.id))
  const known = named.find((id): id is string => id !== null && ids.has(id))
  if (known !== undefined) return known
  let best: BeadSummary | undefined
  for (const bead of shown) if (best === undefined || weight(bead) > weight(best)) best = bead
  return best?.id ?? null
}

function weight(bead: BeadSummary): number {
  return bead.blocks.length + (bead.blockedBy.length > 0 ? 0.5 : 0)
}

/**
 * The beads up to two steps around `centre`, over dependencies and over what belongs together; dependencies come first
 * where there are too many. Circles end where they began. `compare` orders what is drawn, not what is chosen: the nearest
 * stay.
 */
export function neighbourhood(
  all: readonly BeadSummary[],
  find: Find,
  centre: string,
  compare: Compare = () => 0,
): BeadGraph {
  const children = childrenOf(all)
  const reached = new Set<string>(find(centre) === undefined ? [] : [centre])
  let frontier = [...reached]
  for (let step = 0; step < mostSteps; step += 1) {
    const beads = frontier.flatMap((id) => find(id) ?? [])
    const held = beads.flatMap((bead) => [...bead.blockedBy, ...bead.blocks])
    const kin = beads.flatMap((bead) => [...(bead.parent === null ? [] : [bead.parent]), ...openFirst(bead.id)])
    frontier = [...held, ...kin].filter((id) => find(id) !== undefined && !reached.has(id) && reached.add(id))
  }
  const nodes = [...reached].slice(0, mostNodes).flatMap((id) => find(id) ?? [])
  const drawn = new Set(nodes.map((bead) => bead.id))
  const standsFor = (id: string): string | null => (drawn.has(id) ? id : null)
  const atCentre = ({ from, to }: GraphEdge): boolean => from === centre || to === centre
  const arrows = strongest(arrowsBetween(nodes, standsFor), nodes.length, atCentre)
  return {
    nodes: nodes.toSorted(compare).map((bead) => ({ key: bead.id, bead, holds: null, unfolded: null })),
    edges: [...arrows.kept, ...belongingOf(nodes, standsFor)],
    leftOut: Math.max(0, reached.size - mostNodes),
    arrowsLeftOut: arrows.leftOut,
    foldedAway: 0,
    dangling: danglingOf(nodes, find),
  }

  function openFirst(id: string): string[] {
    const own = children.get(id) ?? []
    const isOpen = (bead: BeadSummary): boolean => bead.state !== 'completed'
    return [...own.filter(isOpen), ...own.filter((bead) => !isOpen(bead))].map((bead) => bead.id)
  }
}

/**
 * The dependencies that start at or lead to `beads`, between what stands for their ends. One within a node, or to nothing
 * that is drawn, is left out. Both ends may tell of a dependency: it counts once.
 */
export function arrowsBetween(beads: readonly BeadSummary[], standsFor: (id: string) => string | null): GraphEdge[] {
  const told = new Map(beads.map((bead) => [bead.id, bead]))
  const counts = new Map<string, Map<string, number>>()
  const ends = new Map<string, string | null>()
  const endOf = (id: string): string | null => {
    const known = ends.get(id)
    if (known !== undefined) return known
    const end = standsFor(id)
    ends.set(id, end)
    return end
  }
  const add = (source: string, target: string): void => {
    const from = endOf(source)
    const to = endOf(target)
    if (from === null || to === null || from === to) return
    const leading = counts.get(from) ?? new Map<string, number>()
    counts.set(from, leading.set(to, (leading.get(to) ?? 0) + 1))
  }
  for (const bead of beads) {
    for (const id of bead.blockedBy) add(id, bead.id)
    for (const id of bead.blocks) if (told.get(id)?.blockedBy.includes(bead.id) !== true) add(bead.id, id)
  }
  return [...counts].flatMap(([from, leading]) =>
    [...leading].map(([to, count]) => ({ from, to, kind: 'blocks', count }) as const),
  )
}

/** As many arrows as go well between `nodes`: those that stand for the most dependencies, `isFirst` before all others. */
export function strongest(
  arrows: readonly GraphEdge[],
  nodes: number,
  isFirst: (edge: GraphEdge) => boolean = () => false,
): { readonly kept: readonly GraphEdge[]; readonly leftOut: number } {
  const most = Math.min(mostArrows.atMost, Math.max(mostArrows.atLeast, mostArrows.ofNode * nodes))
  if (arrows.length <= most) return { kept: arrows, leftOut: 0 }
  const sorted = [...arrows].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || b.count - a.count)
  return { kept: sorted.slice(0, most), leftOut: arrows.length - most }
}

function belongingOf(beads: readonly BeadSummary[], standsFor: (id: string) => string | null): GraphEdge[] {
  return beads.flatMap(({ id, parent }) => {
    const above = parent === null ? null : standsFor(parent)
    return above === null || above === id ? [] : [{ from: above, to: id, kind: 'contains', count: 1 } as const]
  })
}

/** Dependencies of `beads` that lead to nothing this source holds. */
export function danglingOf(beads: readonly BeadSummary[], find: Find): number {
  const isMissing = (id: string | null): boolean => id !== null && find(id) === undefined
  return beads.reduce((sum, bead) => sum + [...bead.blockedBy, ...bead.blocks, bead.parent].filter(isMissing).length, 0)
}

function childrenOf(all: readonly BeadSummary[]): ReadonlyMap<string, readonly BeadSummary[]> {
  const children = new Map<string, BeadSummary[]>()
  for (const bead of all) {
    if (bead.parent === null) continue
    if (children.get(bead.parent)?.push(bead) === undefined) children.set(bead.parent, [bead])
  }
  return children
}
