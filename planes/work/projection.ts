import type { BeadSummary } from '../../model/bead.ts'
import type { BoardChange } from '../../model/board.ts'
import { byPriority } from '../../model/ready.ts'
import { nextRevision } from './revision.ts'
import { isoNow } from './time.ts'

/** All beads in memory. */
export interface Projection {
  all(): readonly BeadSummary[]
  get(id: string): BeadSummary | undefined
  /** Deferrals that ended since the last question. */
  due(): readonly string[]
  replace(beads: readonly BeadSummary[]): BoardChange
  /**
   * Takes in what `ids` and their neighbours are now; of `ids`, those not among `beads` are gone. A bead that has another
   * digest than last time, or its first, has changed though its summary may be the same: times are of whole seconds.
   */
  merge(ids: readonly string[], beads: readonly BeadSummary[], digests?: ReadonlyMap<string, string>): BoardChange
}

export function createProjection(): Projection {
  const beads = new Map<string, BeadSummary>()
  /** Digests of the beads that were seen to change. */
  const known = new Map<string, string>()
  let sorted: readonly BeadSummary[] | undefined
  let judgedAt = isoNow()

  const merge: Projection['merge'] = (ids, found, digests = new Map()) => {
    const present = new Set(found.map((bead) => bead.id))
    const deleted = ids.filter((id) => !present.has(id) && beads.delete(id))
    for (const id of deleted) known.delete(id)
    const sameSummary: string[] = []
    const changed = found.flatMap((bead) => {
      const digest = digests.get(bead.id) ?? known.get(bead.id)
      const isRewritten = digest !== known.get(bead.id)
      if (digest !== undefined) known.set(bead.id, digest)
      if (isSame(beads.get(bead.id), bead)) {
        if (!isRewritten) return []
        sameSummary.push(bead.id)
      }
      const stamped = { ...bead, revision: nextRevision() }
      beads.set(bead.id, stamped)
      return [stamped]
    })
    if (changed.length + deleted.length > 0) sorted = undefined
    return { changed, sameSummary, deleted }
  }
  return {
    all: () => (sorted ??= [...beads.values()].sort(byPriority)),
    get: (id) => beads.get(id),
    due: () => {
      const now = isoNow()
      const passed = (time: string | null): boolean => time !== null && time > judgedAt && time <= now
      const due = [...beads.values()].filter((bead) => passed(bead.deferUntil)).map((bead) => bead.id)
      judgedAt = now
      return due
    },
    replace: (found) => merge([...beads.keys()], found),
    merge,
  }
}

function isSame(a: BeadSummary | undefined, b: BeadSummary): boolean {
  return a !== undefined && JSON.stringify({ ...a, revision: 0 }) === JSON.stringify({ ...b, revision: 0 })
}
