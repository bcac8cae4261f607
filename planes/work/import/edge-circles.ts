import { blockingKinds, type Edge } from '../../../model/bead.ts'
import type { Writing } from '../database.ts'
import type { Shape } from '../shape.ts'

/** Finds the circles that edges would close, over those that are there and those that are added. */
export interface EdgeCircles {
  /** Ids along the circle that the edge would close, or undefined. */
  closedBy(edge: Edge): readonly string[] | undefined
  add(edge: Edge): void
}

type Ways = Map<string, Set<string>>

/** Reads all edges that hold back, and all of parents. */
export async function readCircles(writing: Writing, shape: Shape): Promise<EdgeCircles> {
  return circlesAmong(await readEdges(writing, shape))
}

/** Over edges that hold back and those of parents; others are left out. A circle among the one or the other never ends. */
export function circlesAmong(edges: readonly Edge[]): EdgeCircles {
  const blocking: Ways = new Map()
  const parents: Ways = new Map()
  const waysOf = (kind: string): Ways | undefined =>
    kind === 'parent-child' ? parents : blockingKinds.includes(kind) ? blocking : undefined
  const circles: EdgeCircles = {
    closedBy: ({ from, to, kind }) => {
      const ways = waysOf(kind)
      const way = ways === undefined ? undefined : wayAlong(ways, to, from)
      return way === undefined ? undefined : [from, ...way]
    },
    add: ({ from, to, kind }) => {
      const ways = waysOf(kind)
      const targets = ways?.get(from) ?? new Set()
      ways?.set(from, targets.add(to))
    },
  }
  for (const edge of edges) circles.add(edge)
  return circles
}

async function readEdges(writing: Writing, shape: Shape): Promise<Edge[]> {
  const select = (table: string): string =>
    `SELECT issue_id AS \`from\`, ${shape.dependsOn} AS \`to\`, type AS kind FROM ${table} WHERE type IN (?)`
  const kinds = [...blockingKinds, 'parent-child']
  const beads = await writing.rows<Edge>(select('dependencies'), [kinds])
  return [...beads, ...(await writing.rows<Edge>(select('wisp_dependencies'), [kinds]))]
}

function wayAlong(ways: Ways, start: string, end: string): string[] | undefined {
  const cameFrom = new Map<string, string | null>([[start, null]])
  const open = [start]
  for (let here = open.pop(); here !== undefined && !cameFrom.has(end); here = open.pop()) {
    for (const next of ways.get(here) ?? []) {
      if (cameFrom.has(next)) continue
      cameFrom.set(next, here)
      open.push(next)
    }
  }
  if (!cameFrom.has(end)) return undefined
  const way: string[] = []
  for (let here: string | null = end; here !== null; here = cameFrom.get(here) ?? null) way.unshift(here)
  return way
}
