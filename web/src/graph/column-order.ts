import type { LayoutOptions } from '@dagrejs/dagre'

type CustomOrder = NonNullable<LayoutOptions['customOrder']>
type Columns = readonly (readonly string[])[]

/** Rounds of sorting that may bring nothing before the next is not tried. */
const patience = 4

/**
 * Orders each column from top to bottom so that few arrows cross, and where that leaves a choice as the nodes came. The
 * library's own order turns round what is left to choose, so it is taken only where fewer arrows cross in it.
 */
export const orderColumns: CustomOrder = (graph, order) => {
  order(graph, { disableOptimalOrderHeuristic: true })
  const asCame = untangled(graph, columnsOf(graph))
  order(graph, {})
  if (crossings(graph, asCame) <= crossings(graph, columnsOf(graph))) place(graph, asCame)
}

type Layered = Parameters<CustomOrder>[0]

function columnsOf(graph: Layered): Columns {
  const columns: string[][] = []
  for (const key of graph.nodes()) {
    const { rank = 0, order = 0 } = graph.node(key)
    const column = (columns[rank] ??= [])
    column[order] = key
  }
  return Array.from(columns, (column) => column ?? [])
}

function place(graph: Layered, columns: Columns): void {
  for (const column of columns) column.forEach((key, at) => (graph.node(key).order = at))
}

/** Sorts column after column, to the right and back, by the middle of what leads there; what is alike stays as it is. */
function untangled(graph: Layered, begun: Columns): Columns {
  let best = begun
  let fewest = crossings(graph, begun)
  let columns = begun
  for (let round = 0, vain = 0; vain < patience && fewest > 0; round += 1) {
    columns = round % 2 === 0 ? sweptRight(graph, columns) : sweptLeft(graph, columns)
    const found = crossings(graph, columns)
    vain = found < fewest ? 0 : vain + 1
    if (found >= fewest) continue
    best = columns
    fewest = found
  }
  return best
}

function sweptRight(graph: Layered, columns: Columns): Columns {
  const swept: (readonly string[])[] = []
  for (const column of columns) swept.push(sorted(column, swept.at(-1) ?? [], (key) => graph.predecessors(key) ?? []))
  return swept
}

function sweptLeft(graph: Layered, columns: Columns): Columns {
  const swept: (readonly string[])[] = []
  for (const column of columns.toReversed())
    swept.unshift(sorted(column, swept[0] ?? [], (key) => graph.successors(key) ?? []))
  return swept
}

/** What has nothing in the column beside it keeps its place. */
function sorted(
  column: readonly string[],
  beside: readonly string[],
  others: (key: string) => readonly string[],
): readonly string[] {
  const placeOf = new Map(beside.map((key, at) => [key, at]))
  const middles = new Map<string, number>()
  for (const key of column) {
    const places = others(key).flatMap((other) => placeOf.get(other) ?? [])
    if (places.length > 0) middles.set(key, places.reduce((sum, at) => sum + at, 0) / places.length)
  }
  const moving = column.filter((key) => middles.has(key))
  moving.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
  return column.map((key) => (middles.has(key) ? (moving.shift() ?? key) : key))
}

/** How often arrows between neighbouring columns cross. */
function crossings(graph: Layered, columns: Columns): number {
  let count = 0
  columns.forEach((column, at) => {
    const placeOf = new Map((columns[at + 1] ?? []).map((key, place) => [key, place]))
    const before: number[] = []
    for (const key of column) {
      const own = (graph.successors(key) ?? []).flatMap((other) => placeOf.get(other) ?? [])
      for (const place of own) count += before.filter((other) => other > place).length
      before.push(...own)
    }
  })
  return count
}
