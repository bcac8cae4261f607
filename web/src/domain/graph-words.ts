import type { BeadGraph, GraphEdge, GraphNode } from './graph.ts'

/** What the arrows at a node say: read with the node before and the others after. */
export interface Relation {
  readonly says: string
  readonly others: readonly { readonly key: string; readonly title: string; readonly bead: boolean }[]
}

/** How far the beads of a milestone or an epic are, however deep they lie; wrappers among them do not count. */
export function holdsWords({ done, all }: NonNullable<GraphNode['holds']>): string {
  if (all === 0) return 'no beads yet'
  return `${done} of ${all} ${all === 1 ? 'bead' : 'beads'} done`
}

const kinds = [
  { kind: 'blocks', from: 'to', to: 'from', says: 'waits for' },
  { kind: 'blocks', from: 'from', to: 'to', says: 'holds back' },
  { kind: 'contains', from: 'to', to: 'from', says: 'belongs to' },
  { kind: 'contains', from: 'from', to: 'to', says: 'contains' },
] as const

/** Of each node with an arrow: its relations, what it waits for first. */
export function relationsOf({ nodes, edges }: BeadGraph): ReadonlyMap<string, readonly Relation[]> {
  const titles = new Map(nodes.map(({ key, bead }) => [key, bead?.title ?? null]))
  const found = new Map<string, Relation[]>()
  for (const { kind, from, to, says } of kinds) {
    for (const [key, others] of grouped(
      edges.filter((edge) => edge.kind === kind),
      from,
      to,
    )) {
      const named = others.map((other) => {
        const title = titles.get(other) ?? null
        return { key: other, title: title ?? 'beads of no milestone or epic', bead: title !== null }
      })
      const own = found.get(key)
      if (own === undefined) found.set(key, [{ says, others: named }])
      else own.push({ says, others: named })
    }
  }
  return found
}

function grouped(edges: readonly GraphEdge[], by: 'from' | 'to', other: 'from' | 'to'): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const edge of edges)
    if (groups.get(edge[by])?.push(edge[other]) === undefined) groups.set(edge[by], [edge[other]])
  return groups
}

/** "1 arrow", "1,200 arrows". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
