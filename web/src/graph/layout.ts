import { Graph, layout } from '@dagrejs/dagre'
import { orderColumns } from './column-order.ts'

/** Nodes by their number: names of beads are other people's. Sizes in pixels. */
export interface LayoutRequest {
  readonly ask: number
  readonly nodes: readonly { readonly width: number; readonly height: number }[]
  /** Numbers of nodes. */
  readonly edges: readonly (readonly [from: number, to: number])[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface LayoutAnswer {
  readonly ask: number
  /** The middle of each node. */
  readonly spots: readonly Point[]
  /** The way of each edge, with its two ends. */
  readonly ways: readonly (readonly Point[])[]
  readonly width: number
  readonly height: number
}

/**
 * Puts nodes into columns, so that edges lead to the right; circles are turned round where they must be. Where edges leave
 * a choice, nodes stand from top to bottom as they came.
 */
export function layOut({ ask, nodes, edges }: LayoutRequest): LayoutAnswer {
  const graph = new Graph<object, Box, { points?: Point[] }>({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 64, edgesep: 10, marginx: 24, marginy: 24 })
  nodes.forEach((size, index) => graph.setNode(String(index), { ...size }))
  const inOrder = [...edges.entries()].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1])
  for (const [index, [from, to]] of inOrder) graph.setEdge(String(from), String(to), {}, String(index))
  layout(graph, { customOrder: orderColumns })
  const size = graph.graph() as { width?: number; height?: number }
  return {
    ask,
    spots: nodes.map((_, index) => ({ x: graph.node(String(index)).x ?? 0, y: graph.node(String(index)).y ?? 0 })),
    ways: edges.map(([from, to], index) => graph.edge(String(from), String(to), String(index))?.points ?? []),
    width: finite(size.width),
    height: finite(size.height),
  }
}

interface Box {
  readonly width: number
  readonly height: number
  readonly x?: number
  readonly y?: number
}

/** An empty drawing has no size. */
function finite(size: number | undefined): number {
  return size === undefined || !Number.isFinite(size) ? 0 : size
}
