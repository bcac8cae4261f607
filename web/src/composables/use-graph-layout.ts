import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { BeadGraph, GraphEdge, GraphNode } from '../domain/graph.ts'
import type { LayoutAnswer, LayoutRequest, Point } from '../graph/layout.ts'

/** Sizes of nodes in pixels; what can be unfolded is higher. */
const width = 224
const heights = { plain: 88, wrapper: 122 }

export interface PlacedNode extends Point {
  readonly node: GraphNode
  readonly width: number
  readonly height: number
}

export interface Drawing {
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly { readonly edge: GraphEdge; readonly way: readonly Point[] }[]
  readonly width: number
  readonly height: number
}

/**
 * Lays a graph out in a thread of its own, anew only when its shape changes. One layout at a time: what comes meanwhile
 * waits, and only the newest is asked for.
 */
export function useGraphLayout(graph: () => BeadGraph) {
  const worker = new Worker(new URL('../graph/layout-worker.ts', import.meta.url), { type: 'module' })
  const answer = shallowRef<{ graph: BeadGraph; layout: LayoutAnswer } | null>(null)
  const failed = shallowRef(false)
  const shape = computed(() => shapeOf(graph()))
  let last = 0
  let asked: BeadGraph | null = null
  let stale = false

  const drawing = computed(() => (answer.value === null ? null : drawingOf(answer.value, graph())))
  const busy = computed(() => !failed.value && (answer.value === null || shapeOf(answer.value.graph) !== shape.value))

  function ask(): void {
    if (asked !== null) {
      stale = true
      return
    }
    asked = graph()
    stale = false
    last += 1
    worker.postMessage(requestOf(asked, last))
  }

  worker.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
    if (asked !== null) answer.value = { graph: asked, layout: data }
    asked = null
    failed.value = false
    if (stale) ask()
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    asked = null
    failed.value = true
    if (stale) ask()
  })
  onScopeDispose(() => worker.terminate())
  watch(shape, ask, { immediate: true })

  return { drawing, busy, failed }
}

function shapeOf({ nodes, edges }: BeadGraph): string {
  return JSON.stringify([
    nodes.map(({ key, unfolded }) => [key, unfolded !== null]),
    edges.map(({ from, to, kind }) => [from, to, kind]),
  ])
}

function requestOf({ nodes, edges }: BeadGraph, ask: number): LayoutRequest {
  const numbers = new Map(nodes.map((node, index) => [node.key, index]))
  return {
    ask,
    nodes: nodes.map((node) => ({ width, height: heightOf(node) })),
    edges: edges.map(({ from, to }) => [numbers.get(from) ?? 0, numbers.get(to) ?? 0]),
  }
}

function heightOf(node: GraphNode): number {
  return node.holds === null ? heights.plain : heights.wrapper
}

/** The places of the layout with the beads as they are now. */
function drawingOf({ graph, layout }: { graph: BeadGraph; layout: LayoutAnswer }, now: BeadGraph): Drawing {
  const current = new Map(now.nodes.map((node) => [node.key, node]))
  return {
    nodes: graph.nodes.flatMap((node, index) => {
      const spot = layout.spots[index]
      return spot === undefined
        ? []
        : [{ node: current.get(node.key) ?? node, width, height: heightOf(node), x: spot.x, y: spot.y }]
    }),
    edges: graph.edges.map((edge, index) => ({ edge, way: layout.ways[index] ?? [] })),
    width: layout.width,
    height: layout.height,
  }
}
