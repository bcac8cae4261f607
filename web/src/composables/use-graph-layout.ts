import type { Ref } from 'vue'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
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

/** What is being laid out, and for how long already. */
export interface LayoutProgress {
  readonly nodes: number
  readonly arrows: number
  readonly seconds: number
}

/**
 * Lays a graph out in a thread of its own, anew only when its shape changes. One layout at a time: what comes meanwhile
 * waits, and only the newest is asked for. `stop` ends the thread with its work; `again` begins with a new one.
 */
export function useGraphLayout(graph: () => BeadGraph) {
  const answer = shallowRef<{ graph: BeadGraph; layout: LayoutAnswer } | null>(null)
  const asked = shallowRef<BeadGraph | null>(null)
  const ended = ref<'failed' | 'stopped' | null>(null)
  const shape = computed(() => shapeOf(graph()))
  let worker: Worker | null = null
  let last = 0

  const drawing = computed(() => (answer.value === null ? null : drawingOf(answer.value, graph())))
  const seconds = useSeconds(() => asked.value !== null)
  const progress = computed<LayoutProgress | null>(() =>
    asked.value === null
      ? null
      : { nodes: asked.value.nodes.length, arrows: asked.value.edges.length, seconds: seconds.value },
  )

  function ask(): void {
    if (ended.value === 'stopped' || asked.value !== null) return
    asked.value = graph()
    last += 1
    worker ??= open()
    worker.postMessage(requestOf(asked.value, last))
  }

  function open(): Worker {
    const opened = new Worker(new URL('../graph/layout-worker.ts', import.meta.url), { type: 'module' })
    opened.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
      if (asked.value !== null) answer.value = { graph: asked.value, layout: data }
      settle(null)
    })
    opened.addEventListener('error', (event) => {
      event.preventDefault()
      settle('failed')
    })
    return opened
  }

  /** What has changed while it was laid out is asked for now. */
  function settle(how: 'failed' | null): void {
    const before = asked.value
    asked.value = null
    ended.value = how
    if (before !== null && shapeOf(before) !== shape.value) ask()
  }

  function close(): void {
    worker?.terminate()
    worker = null
    asked.value = null
  }

  function stop(): void {
    close()
    ended.value = 'stopped'
  }

  function again(): void {
    ended.value = null
    ask()
  }

  onScopeDispose(close)
  watch(shape, ask, { immediate: true })

  return { drawing, progress, ended, stop, again }
}

/** Whole seconds since `runs` became true. */
function useSeconds(runs: () => boolean): Readonly<Ref<number>> {
  const seconds = ref(0)
  watch(
    runs,
    (on, _, onCleanup) => {
      seconds.value = 0
      if (!on) return
      const timer = setInterval(() => (seconds.value += 1), 1_000)
      onCleanup(() => clearInterval(timer))
    },
    { immediate: true },
  )
  return seconds
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
