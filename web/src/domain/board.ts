import type { BeadSummary, StateCategory } from '../../../model/bead.ts'
import { stagedLabel } from '../../../model/bead.ts'
import { isTag } from '../../../model/tags.ts'

export type Lanes = Readonly<Record<StateCategory, readonly BeadSummary[]>>

/** A card where it is drawn. */
export interface DrawnCard {
  readonly key: string
  readonly bead: BeadSummary
  readonly index: number
  /** How many the lane has. */
  readonly count: number
  /** Distance from the top, in pixels. */
  readonly start: number
}

/** Beads by lane, each lane in the order of `beads`. */
export function lanesOf(beads: Iterable<BeadSummary>): Lanes {
  const lanes: Record<StateCategory, BeadSummary[]> = {
    backlog: [],
    unstarted: [],
    staged: [],
    started: [],
    completed: [],
  }
  for (const bead of beads) lanes[bead.state].push(bead)
  return lanes
}

/** Labels that a person reads; those that only carry state, and those that are shown as pills, are left out. */
export function visibleLabels(labels: readonly string[]): readonly string[] {
  return labels.filter((label) => label !== stagedLabel && !isTag(label))
}

/** The labels, where some are shown as pills. */
export function withPills(labels: readonly string[]): readonly string[] | null {
  return labels.some(isTag) ? labels : null
}

/** More than these are told by their number. */
export const labelsAtMost = 3

/** What of its labels a row or a card has room for. */
export interface LabelsTold {
  readonly labels: readonly string[]
  readonly others: readonly string[]
}

export function labelsTold(labels: readonly string[]): LabelsTold {
  const visible = visibleLabels(labels)
  return { labels: visible.slice(0, labelsAtMost), others: visible.slice(labelsAtMost) }
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/** The card that an arrow key leads to: the neighbour in the lane, or the nearest in the next lane that has cards. */
export function neighbour(
  columns: readonly (readonly string[])[],
  from: string | null,
  direction: Direction,
): string | null {
  const column = columns.findIndex((ids) => from !== null && ids.includes(from))
  const ids = columns[column]
  if (from === null || ids === undefined) return columns.find((list) => list.length > 0)?.[0] ?? null
  const row = ids.indexOf(from)
  if (direction === 'up') return ids[row - 1] ?? from
  if (direction === 'down') return ids[row + 1] ?? from
  const step = direction === 'left' ? -1 : 1
  for (let at = column + step; at >= 0 && at < columns.length; at += step) {
    const next = columns[at]
    if (next !== undefined && next.length > 0) return next[Math.min(row, next.length - 1)] ?? from
  }
  return from
}
