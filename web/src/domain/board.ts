import type { BeadSummary, StateCategory } from '../../../model/bead.ts'
import { stagedLabel } from '../../../model/bead.ts'

export interface BoardFilter {
  /** Every word must be found in id, title, assignee or a label. */
  readonly text: string
  readonly type: string
  readonly label: string
}

export const noFilter: BoardFilter = { text: '', type: '', label: '' }

export type Lanes = Readonly<Record<StateCategory, readonly BeadSummary[]>>

/** By priority, then what can be started before what is blocked, then newest first; the same in every lane but Done. */
function byUrgency(a: BeadSummary, b: BeadSummary): number {
  return a.priority - b.priority || blocked(a) - blocked(b) || compare(b.createdAt, a.createdAt) || compare(a.id, b.id)
}

function blocked(bead: BeadSummary): number {
  return Number(bead.blockedBy.length > 0)
}

function byClosing(a: BeadSummary, b: BeadSummary): number {
  return compare(b.closedAt ?? b.updatedAt, a.closedAt ?? a.updatedAt) || compare(a.id, b.id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function lanesOf(beads: Iterable<BeadSummary>, filter: BoardFilter): Lanes {
  const lanes: Record<StateCategory, BeadSummary[]> = {
    backlog: [],
    unstarted: [],
    staged: [],
    started: [],
    completed: [],
  }
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  for (const bead of beads) if (matches(bead, words, filter)) lanes[bead.state].push(bead)
  for (const [state, list] of Object.entries(lanes)) list.sort(state === 'completed' ? byClosing : byUrgency)
  return lanes
}

function matches(bead: BeadSummary, words: readonly string[], filter: BoardFilter): boolean {
  if (filter.type !== '' && bead.type !== filter.type) return false
  if (filter.label !== '' && !bead.labels.includes(filter.label)) return false
  if (words.length === 0) return true
  const text = `${bead.id}\n${bead.title}\n${bead.assignee ?? ''}\n${bead.labels.join('\n')}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Labels that a person reads; those that only carry state are left out. */
export function visibleLabels(labels: readonly string[]): readonly string[] {
  return labels.filter((label) => label !== stagedLabel)
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
