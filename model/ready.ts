import type { Edge } from './bead.ts'

/** What readiness depends on. Times are ISO 8601 in UTC with whole seconds, so that they compare as text. */
export interface ReadyBead {
  readonly id: string
  readonly status: string
  readonly type: string
  readonly priority: number
  readonly createdAt: string
  readonly deferUntil: string | null
  readonly pinned: boolean
  readonly ephemeral: boolean
}

/** An edge that holds back, or a parent-child edge. */
export interface ReadyEdge extends Edge {
  /** Of a `waits-for` edge: whether one closed child opens the gate. Default: all children. */
  readonly gate?: string | null
}

/** How a bead stands among the others. Lists are sorted and free of repeats. */
export interface Standing {
  readonly blockedBy: readonly string[]
  readonly blocks: readonly string[]
  readonly ready: boolean
}

/** Kinds of edges that readiness looks at; all others never matter to it. */
export const schedulingKinds: readonly string[] = ['blocks', 'conditional-blocks', 'waits-for', 'parent-child']

const neverReady: readonly string[] = ['merge-request', 'gate', 'molecule', 'message', 'agent', 'role', 'rig']

/** By priority, then newest first, then id: the order of `bd ready`. */
export function byPriority(
  a: { readonly priority: number; readonly createdAt: string; readonly id: string },
  b: { readonly priority: number; readonly createdAt: string; readonly id: string },
): number {
  return a.priority - b.priority || compare(b.createdAt, a.createdAt) || compare(a.id, b.id)
}

/**
 * How every given bead stands at `now` (facts of `bd` 5). Edges whose ends are not among `beads` never block, so a
 * part of a database is judged rightly when it holds `neededFor` of it.
 */
export function standings(
  beads: readonly ReadyBead[],
  edges: readonly ReadyEdge[],
  now: string,
): ReadonlyMap<string, Standing> {
  const byId = new Map(beads.map((bead) => [bead.id, bead]))
  const graph = graphOf(edges)
  const blockedBy = new Map(beads.map((bead) => [bead.id, blockersOf(bead, byId, graph)]))
  const blocks = inverse(blockedBy)
  return new Map(
    beads.map((bead) => {
      const own = blockedBy.get(bead.id) ?? []
      const parents = graph.parents.get(bead.id) ?? []
      const ready =
        mayBeReady(bead, now) &&
        own.length === 0 &&
        parents.every((id) => (blockedBy.get(id) ?? []).length === 0 && !isDeferred(byId.get(id), now))
      return [bead.id, { blockedBy: own, blocks: blocks.get(bead.id) ?? [], ready }]
    }),
  )
}

/** `ids` and every bead whose standing may change when they, or edges at them, change. May name too many, never too few. */
export function affectedBy(ids: Iterable<string>, edges: readonly ReadyEdge[]): Set<string> {
  const graph = graphOf(edges)
  const found = new Set<string>()
  const addHeld = (id: string): void => {
    found.add(id)
    for (const child of graph.children.get(id) ?? []) found.add(child)
  }
  for (const id of ids) {
    addHeld(id)
    for (const edge of graph.out.get(id) ?? []) {
      found.add(edge.to)
      if (edge.kind === 'waits-for') for (const child of graph.children.get(edge.to) ?? []) found.add(child)
    }
    for (const edge of graph.into.get(id) ?? []) addHeld(edge.from)
    for (const parent of graph.parents.get(id) ?? []) {
      const waiters = (graph.into.get(parent) ?? []).filter((edge) => edge.kind === 'waits-for')
      for (const edge of waiters) addHeld(edge.from)
      if (waiters.length > 0) for (const child of graph.children.get(parent) ?? []) found.add(child)
    }
  }
  return found
}

/** `ids` and every bead that has to be known to tell how they stand. */
export function neededFor(ids: Iterable<string>, edges: readonly ReadyEdge[]): Set<string> {
  const graph = graphOf(edges)
  const found = new Set<string>()
  const addBlockers = (id: string): void => {
    found.add(id)
    for (const edge of graph.out.get(id) ?? []) {
      found.add(edge.to)
      if (edge.kind === 'waits-for') for (const child of graph.children.get(edge.to) ?? []) found.add(child)
    }
  }
  for (const id of ids) {
    addBlockers(id)
    for (const edge of graph.into.get(id) ?? []) found.add(edge.from)
    for (const parent of graph.parents.get(id) ?? []) {
      addBlockers(parent)
      for (const edge of graph.into.get(parent) ?? []) if (edge.kind === 'waits-for') addBlockers(edge.from)
    }
  }
  return found
}

interface Graph {
  readonly parents: ReadonlyMap<string, readonly string[]>
  readonly children: ReadonlyMap<string, readonly string[]>
  /** Edges that hold back, by the bead that depends. */
  readonly out: ReadonlyMap<string, readonly ReadyEdge[]>
  /** Edges that hold back, by what it depends on. */
  readonly into: ReadonlyMap<string, readonly ReadyEdge[]>
}

function graphOf(edges: readonly ReadyEdge[]): Graph {
  const parents = new Map<string, string[]>()
  const children = new Map<string, string[]>()
  const out = new Map<string, ReadyEdge[]>()
  const into = new Map<string, ReadyEdge[]>()
  for (const edge of edges) {
    if (edge.kind === 'parent-child') {
      append(parents, edge.from, edge.to)
      append(children, edge.to, edge.from)
    } else if (schedulingKinds.includes(edge.kind)) {
      append(out, edge.from, edge)
      append(into, edge.to, edge)
    }
  }
  return { parents, children, out, into }
}

function blockersOf(bead: ReadyBead, byId: ReadonlyMap<string, ReadyBead>, graph: Graph): readonly string[] {
  if (!isActive(bead)) return []
  const found = new Set<string>()
  for (const edge of graph.out.get(bead.id) ?? []) {
    if (edge.kind === 'waits-for') {
      for (const id of waitedFor(edge, byId, graph)) found.add(id)
    } else if (isActive(byId.get(edge.to))) found.add(edge.to)
  }
  return [...found].sort(compare)
}

function waitedFor(edge: ReadyEdge, byId: ReadonlyMap<string, ReadyBead>, graph: Graph): readonly string[] {
  const children = graph.children.get(edge.to) ?? []
  if (edge.gate === 'any-children' && children.some((id) => byId.get(id)?.status === 'closed')) return []
  return children.filter((id) => isActive(byId.get(id)))
}

function isActive(bead: ReadyBead | undefined): boolean {
  return bead !== undefined && bead.status !== 'closed' && bead.status !== 'pinned'
}

function isDeferred(bead: ReadyBead | undefined, now: string): boolean {
  return bead?.deferUntil != null && bead.deferUntil > now
}

function mayBeReady(bead: ReadyBead, now: string): boolean {
  const open = bead.status === 'open' && !bead.pinned && !bead.ephemeral
  return open && !neverReady.includes(bead.type) && !isDeferred(bead, now)
}

function inverse(blockedBy: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map<string, string[]>()
  for (const [id, blockers] of blockedBy) for (const blocker of blockers) append(blocks, blocker, id)
  for (const ids of blocks.values()) ids.sort(compare)
  return blocks
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
