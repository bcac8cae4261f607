import type { BeadSummary } from '../../../model/bead.ts'
import type { Compare } from './bead-order.ts'

/** More changes than this at once are sorted together. */
const fewChanges = 100

/** Beads in an order that is kept: a change moves one bead, by two searches, instead of sorting all anew. */
export interface OrderedBeads {
  /** Another array after every change. */
  all(): readonly BeadSummary[]
  /** Each id with its bead as it is now; undefined when it is gone. */
  put(changes: readonly (readonly [id: string, bead: BeadSummary | undefined])[]): void
}

export function orderBeads(beads: Iterable<BeadSummary>, compare: Compare): OrderedBeads {
  let list = [...beads].sort(compare)
  const known = new Map(list.map((bead) => [bead.id, bead]))

  /** Where it stands, or would. */
  function placeOf(bead: BeadSummary): number {
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = list[middle]
      if (other !== undefined && compare(other, bead) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  function keep(id: string, bead: BeadSummary | undefined): void {
    if (bead === undefined) known.delete(id)
    else known.set(id, bead)
  }

  return {
    all: () => list,
    put(changes) {
      if (changes.length > fewChanges) {
        for (const [id, bead] of changes) keep(id, bead)
        list = [...known.values()].sort(compare)
        return
      }
      list = [...list]
      for (const [id, bead] of changes) {
        const before = known.get(id)
        if (before !== undefined) list.splice(placeOf(before), 1)
        keep(id, bead)
        if (bead !== undefined) list.splice(placeOf(bead), 0, bead)
      }
    },
  }
}
