import { affectedBy, type ReadyEdge } from '../../model/ready.ts'

/** Gives the scheduling edges that have one of `ids` at either end. */
export type EdgesAt = (ids: readonly string[]) => Promise<readonly ReadyEdge[]>

/** The edges that tell how `ids` stand, found by following them instead of reading all. */
export async function edgesAround(ids: Iterable<string>, edgesAt: EdgesAt): Promise<ReadyEdge[]> {
  const walk = startWalk(edgesAt)
  const own = [...ids]
  const first = await walk.visit(own)
  const above = targets(first, new Set(own), ['parent-child', 'waits-for'])
  const second = await walk.visit(above)
  await walk.visit(targets(second, new Set(above), ['waits-for']))
  return walk.found()
}

/** `ids` and every bead whose standing may change when they, or edges at them, change. */
export async function affectedAround(ids: readonly string[], edgesAt: EdgesAt): Promise<Set<string>> {
  const walk = startWalk(edgesAt)
  const first = await walk.visit(ids)
  const second = await walk.visit(first.flatMap((edge) => [edge.from, edge.to]))
  await walk.visit(second.filter((edge) => edge.kind === 'waits-for').map((edge) => edge.from))
  return affectedBy(ids, walk.found())
}

interface Walk {
  /** The edges at `ids`, asked for once per bead. */
  visit(ids: readonly string[]): Promise<readonly ReadyEdge[]>
  found(): ReadyEdge[]
}

function startWalk(edgesAt: EdgesAt): Walk {
  const visited = new Set<string>()
  const edges = new Map<string, ReadyEdge>()
  return {
    visit: async (ids) => {
      const wanted = new Set(ids)
      const fresh = [...wanted].filter((id) => !visited.has(id))
      for (const id of fresh) visited.add(id)
      for (const edge of fresh.length === 0 ? [] : await edgesAt(fresh))
        edges.set(`${edge.from} ${edge.to} ${edge.kind}`, edge)
      return [...edges.values()].filter((edge) => wanted.has(edge.from) || wanted.has(edge.to))
    },
    found: () => [...edges.values()],
  }
}

function targets(edges: readonly ReadyEdge[], from: ReadonlySet<string>, kinds: readonly string[]): string[] {
  return edges.filter((edge) => from.has(edge.from) && kinds.includes(edge.kind)).map((edge) => edge.to)
}
