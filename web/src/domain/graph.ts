import type { BeadSummary } from '../../../model/bead.ts'

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
  /** Dependencies on beads that this source does not hold. */
  readonly dangling: number
}

export type Find = (id: string) => BeadSummary | undefined

/** As many as can be laid out and looked at. */
export const mostNodes = 150
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
 * where there are too many. Circles end where they began.
 */
export function neighbourhood(all: readonly BeadSummary[], find: Find, centre: string): BeadGraph {
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
  return {
    nodes: nodes.map((bead) => ({ key: bead.id, bead, holds: null, unfolded: null })),
    edges: edgesBetween(nodes, (id) => (drawn.has(id) ? id : null)),
    leftOut: Math.max(0, reached.size - mostNodes),
    dangling: danglingOf(nodes, find),
  }

  function openFirst(id: string): string[] {
    const own = children.get(id) ?? []
    const isOpen = (bead: BeadSummary): boolean => bead.state !== 'completed'
    return [...own.filter(isOpen), ...own.filter((bead) => !isOpen(bead))].map((bead) => bead.id)
  }
}

/**
 * The edges that start at or lead to `beads`, each once, between what stands for their ends. An edge within one node, or
 * to nothing that is drawn, is left out.
 */
export function edgesBetween(beads: readonly BeadSummary[], standsFor: (id: string) => string | null): GraphEdge[] {
  const drawn = new Map<string, { from: string; to: string; kind: GraphEdgeKind; pairs: Set<string> }>()
  const add = (source: string, target: string, kind: GraphEdgeKind): void => {
    const [from, to] = [standsFor(source), standsFor(target)]
    if (from === null || to === null || from === to) return
    const key = JSON.stringify([from, to, kind])
    const edge = drawn.get(key) ?? { from, to, kind, pairs: new Set() }
    edge.pairs.add(JSON.stringify([source, target]))
    drawn.set(key, edge)
  }
  for (const bead of beads) {
    for (const id of bead.blockedBy) add(id, bead.id, 'blocks')
    for (const id of bead.blocks) add(bead.id, id, 'blocks')
    if (bead.parent !== null) add(bead.parent, bead.id, 'contains')
  }
  return [...drawn.values()].map(({ from, to, kind, pairs }) => ({ from, to, kind, count: pairs.size }))
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
