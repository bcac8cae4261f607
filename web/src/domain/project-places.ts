import type { BeadSummary } from '../../../model/bead.ts'
import { wrapperTypes } from '../../../model/bead.ts'
import { parentOf } from './cascade.ts'
import type { Find } from './graph.ts'

/** Where beads are that belong to no milestone or epic; no bead's id is empty. */
export const loosePlace = ''

/** Which milestones and epics hold which beads. */
export interface Places {
  readonly wrappers: readonly BeadSummary[]
  /** The milestones and epics above a bead, the nearest first; of a plain bead without any: `loosePlace`. */
  above(id: string): readonly string[]
  /** The beads that are in no nearer one. */
  own(key: string): readonly BeadSummary[]
  /** Whether it holds another milestone or epic. */
  isAbove(key: string): boolean
  /** All beads in it, and in those that it holds. */
  holds(key: string): { readonly done: number; readonly all: number }
}

export function placesOf(all: readonly BeadSummary[], find: Find): Places {
  const wrappers = all.filter(isWrapper)
  const paths = new Map<string, readonly string[]>()
  const own = new Map<string, BeadSummary[]>()
  const holds = new Map<string, { done: number; all: number }>()
  const holders = new Set<string>()
  for (const bead of all) {
    const above = pathOf(bead)
    if (isWrapper(bead)) {
      for (const key of above) holders.add(key)
      continue
    }
    const [home = loosePlace] = above
    if (own.get(home)?.push(bead) === undefined) own.set(home, [bead])
    for (const key of above) {
      const count = holds.get(key) ?? { done: 0, all: 0 }
      holds.set(key, { done: count.done + Number(bead.state === 'completed'), all: count.all + 1 })
    }
  }
  return {
    wrappers,
    above: (id) => paths.get(id) ?? [],
    own: (key) => own.get(key) ?? [],
    isAbove: (key) => holders.has(key),
    holds: (key) => holds.get(key) ?? { done: 0, all: 0 },
  }

  function pathOf(bead: BeadSummary): readonly string[] {
    const wrappersAbove = climb(bead)
    const path = wrappersAbove.length === 0 && !isWrapper(bead) ? [loosePlace] : wrappersAbove
    paths.set(bead.id, path)
    return path
  }

  /** A circle of parents ends where it began. */
  function climb(bead: BeadSummary): readonly string[] {
    const path: string[] = []
    const seen = new Set<string>([bead.id])
    for (let above = parentOf(bead, find); above !== undefined; above = parentOf(above, find)) {
      if (seen.has(above.id)) break
      seen.add(above.id)
      if (isWrapper(above)) path.push(above.id)
    }
    return path
  }
}

function isWrapper(bead: BeadSummary): boolean {
  return wrapperTypes.includes(bead.type)
}
