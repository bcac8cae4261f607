import type { BeadSummary } from '../../../model/bead.ts'

/** A line of the cascade: a bead, or the heading over beads that have no wrapper of a kind. */
export interface CascadeRow {
  readonly key: string
  /** Null for a heading. */
  readonly bead: BeadSummary | null
  readonly title: string
  /** From 1. */
  readonly level: number
  /** Null when there is nothing to unfold. */
  readonly unfolded: boolean | null
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number
  readonly siblings: number
  /** It is only here because something below it passes the filter. */
  readonly context: boolean
}

/** A row where it is drawn. */
export interface DrawnRow {
  readonly key: string
  readonly row: CascadeRow
  readonly index: number
  /** Distance from the top, in pixels. */
  readonly start: number
}

interface Node {
  readonly key: string
  readonly bead: BeadSummary | null
  readonly title: string
  /** What stands below it; asked only for what is unfolded. */
  readonly below: () => readonly Node[]
  readonly hasBelow: boolean
}

const milestoneLabel = 'milestone:'

/**
 * Milestones, their epics, their beads: in the order of `shown`, with whatever stands above them. What belongs to
 * nothing stands under a heading of its own. A parent that is not there counts as none, and a circle is cut open.
 */
export function cascadeOf(
  shown: readonly BeadSummary[],
  find: (id: string) => BeadSummary | undefined,
  isFolded: (row: { readonly key: string; readonly bead: BeadSummary | null }) => boolean,
): CascadeRow[] {
  const parents = parentsOf(shown, find)
  const passes = new Set(shown.map((bead) => bead.id))
  const children = new Map<string, BeadSummary[]>()
  const tops: BeadSummary[] = []
  for (const bead of withAncestors(shown, parents, find)) {
    const parent = parents.get(bead.id)
    if (parent === undefined) tops.push(bead)
    else if (children.get(parent)?.push(bead) === undefined) children.set(parent, [bead])
  }
  const node = (bead: BeadSummary): Node => {
    const own = children.get(bead.id) ?? []
    const below = () => (bead.type === 'milestone' ? sorted(own, `${bead.id}/none`) : own.map(node))
    return { key: bead.id, bead, title: bead.title, below, hasBelow: own.length > 0 }
  }
  /** Epics, then the beads that have none. */
  const sorted = (beads: readonly BeadSummary[], key: string): Node[] => {
    const epics = beads.filter((bead) => bead.type === 'epic')
    const others = beads.filter((bead) => bead.type !== 'epic')
    return [...epics.map(node), ...heading(key, 'No epic', others.map(node))]
  }
  const milestones = tops.filter((bead) => bead.type === 'milestone')
  const loose = tops.filter((bead) => bead.type !== 'milestone')
  const roots = [...milestones.map(node), ...heading('none', 'No milestone', sorted(loose, 'none/none'))]
  return rowsOf(roots, isFolded, passes)
}

/** Keys of the folded rows above a bead, from the top; null when the bead is not in the cascade. */
export function pathTo(
  bead: string,
  shown: readonly BeadSummary[],
  find: (id: string) => BeadSummary | undefined,
  isFolded: (row: { readonly key: string; readonly bead: BeadSummary | null }) => boolean,
): string[] | null {
  const path: CascadeRow[] = []
  for (const row of cascadeOf(shown, find, () => false)) {
    path.length = row.level - 1
    if (row.bead?.id === bead) return path.filter(isFolded).map((above) => above.key)
    path.push(row)
  }
  return null
}

/** Rows of which only those are made that are asked for. */
export interface RowList<Row = CascadeRow> {
  readonly length: number
  /** Undefined for what is no place in it, as -1. */
  at(index: number): Row | undefined
}

export function rowList<Row>(rows: readonly Row[]): RowList<Row> {
  return { length: rows.length, at: (index) => rows[index] }
}

const flat = new WeakMap<BeadSummary, CascadeRow>()

/** Rows of a list without levels; the same bead has the same row, so that it is not drawn anew where others go. */
export function flatRows(shown: readonly BeadSummary[]): RowList {
  return {
    length: shown.length,
    at(index) {
      const bead = shown[index]
      if (bead === undefined) return undefined
      const known = flat.get(bead)
      if (known !== undefined) return known
      const { id: key, title } = bead
      const row = { key, bead, title, level: 1, unfolded: null, position: 1, siblings: 1, context: false }
      flat.set(bead, row)
      return row
    },
  }
}

function heading(key: string, title: string, below: readonly Node[]): Node[] {
  return below.length === 0 ? [] : [{ key, bead: null, title, below: () => below, hasBelow: true }]
}

/** Of each bead, and of what stands above it: where it belongs. Milestones belong nowhere. */
function parentsOf(
  shown: readonly BeadSummary[],
  find: (id: string) => BeadSummary | undefined,
): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  const settled = new Set<string>()
  for (const start of shown) {
    const path = new Set<string>()
    for (let bead: BeadSummary | undefined = start; bead !== undefined && !settled.has(bead.id);) {
      path.add(bead.id)
      settled.add(bead.id)
      const above = parentOf(bead, find)
      if (above === undefined || path.has(above.id)) break
      parents.set(bead.id, above.id)
      bead = above
    }
  }
  return parents
}

/** What a bead belongs to: its parent, else the milestone that it is tagged with. */
export function parentOf(bead: BeadSummary, find: (id: string) => BeadSummary | undefined): BeadSummary | undefined {
  if (bead.type === 'milestone') return undefined
  const own = bead.parent === null || bead.parent === bead.id ? undefined : find(bead.parent)
  if (own !== undefined) return own
  const label = bead.labels.find((one) => one.startsWith(milestoneLabel))
  const named = label === undefined ? undefined : find(label.slice(milestoneLabel.length))
  return named?.type === 'milestone' ? named : undefined
}

/** `shown` in its order; what stands above them and is not shown itself comes where it is first needed. */
function withAncestors(
  shown: readonly BeadSummary[],
  parents: ReadonlyMap<string, string>,
  find: (id: string) => BeadSummary | undefined,
): BeadSummary[] {
  const shownIds = new Set(shown.map((bead) => bead.id))
  const added = new Set<string>()
  const all: BeadSummary[] = []
  for (const bead of shown) {
    for (let id = parents.get(bead.id); id !== undefined && !shownIds.has(id) && !added.has(id); id = parents.get(id)) {
      const above = find(id)
      if (above === undefined) break
      added.add(id)
      all.push(above)
    }
    all.push(bead)
  }
  return all
}

function rowsOf(roots: readonly Node[], isFolded: (row: Node) => boolean, passes: ReadonlySet<string>): CascadeRow[] {
  const rows: CascadeRow[] = []
  // A stack of its own: how deep beads are nested is for others to say.
  const waiting = [entry(roots, 1)]
  for (let level = waiting.at(-1); level !== undefined; level = waiting.at(-1)) {
    const { value: next } = level.nodes.next()
    if (next === undefined) {
      waiting.pop()
      continue
    }
    const [index, node] = next
    const { key, bead, title } = node
    const unfolded = node.hasBelow ? !isFolded(node) : null
    const context = bead !== null && !passes.has(bead.id)
    const place = { level: level.depth, position: index + 1, siblings: level.size }
    rows.push({ key, bead, title, unfolded, context, ...place })
    if (unfolded === true) waiting.push(entry(node.below(), level.depth + 1))
  }
  return rows
}

function entry(nodes: readonly Node[], depth: number) {
  return { nodes: nodes.entries() as Iterator<[number, Node], undefined>, size: nodes.length, depth }
}
