import type { BeadSummary } from '../../../model/bead.ts'
import { kept } from './kept.ts'

/** What beads are ordered by. Urgency is priority, then what can be started, then newest; done beads come last. */
export const orderKeys = ['urgency', 'modified', 'created', 'edited', 'id'] as const
export type OrderKey = (typeof orderKeys)[number]
export type OrderDirection = 'ascending' | 'descending'

export interface BeadOrder {
  readonly by: OrderKey
  readonly direction: OrderDirection
}

export const orderTitles: Readonly<Record<OrderKey, string>> = {
  urgency: 'Urgency',
  modified: 'Modified',
  created: 'Created',
  edited: 'Edited',
  id: 'ID',
}

/** What the two directions of an order are called. */
export function directionTitle({ by, direction }: BeadOrder): string {
  const up = direction === 'ascending'
  if (by === 'urgency') return up ? 'Most urgent first' : 'Least urgent first'
  if (by === 'id') return up ? 'Lowest first' : 'Highest first'
  return up ? 'Oldest first' : 'Newest first'
}

/** The direction that an order begins with: times newest first. */
export function usualDirection(by: OrderKey): OrderDirection {
  return by === 'urgency' || by === 'id' ? 'ascending' : 'descending'
}

export type Compare = (a: BeadSummary, b: BeadSummary) => number

/** Never 0 for two beads: beads that are alike stand in the order of their ids. */
export function comparing({ by, direction }: BeadOrder): Compare {
  const sign = direction === 'ascending' ? 1 : -1
  const compare = comparisons[by]
  return (a, b) => sign * compare(a, b) || compareIds(a.id, b.id)
}

const comparisons: Readonly<Record<OrderKey, Compare>> = {
  urgency: byUrgency,
  modified: (a, b) => compareTexts(a.modifiedAt, b.modifiedAt),
  created: (a, b) => compareTexts(a.createdAt, b.createdAt),
  edited: (a, b) => compareTexts(a.updatedAt, b.updatedAt),
  id: (a, b) => compareIds(a.id, b.id),
}

function byUrgency(a: BeadSummary, b: BeadSummary): number {
  const done = Number(a.state === 'completed') - Number(b.state === 'completed')
  if (done !== 0) return done
  if (a.state === 'completed') return compareTexts(b.closedAt ?? b.updatedAt, a.closedAt ?? a.updatedAt)
  return a.priority - b.priority || blocked(a) - blocked(b) || compareTexts(b.createdAt, a.createdAt)
}

function blocked(bead: BeadSummary): number {
  return Number(bead.blockedBy.length > 0)
}

/** As people count: gm-2 before gm-10, gm-2 before gm-2.1, and gm-2.1 before gm-2.10. */
export function compareIds(a: string, b: string): number {
  const left = partsOf(a)
  const right = partsOf(b)
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const difference = compareParts(left[at] ?? '', right[at] ?? '')
    if (difference !== 0) return difference
  }
  return left.length - right.length || compareTexts(a, b)
}

/** Runs of digits and runs of anything else; kept, because sorting asks for the same ids again and again. */
const partsOf = kept<readonly string[]>((id) => id.match(/\d+|\D+/g) ?? [], 50_000)

function compareParts(a: string, b: string): number {
  if (!isDigits(a) || !isDigits(b)) return compareTexts(a, b)
  const [left, right] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')]
  return left.length - right.length || compareTexts(left, right)
}

function isDigits(part: string): boolean {
  const code = part.charCodeAt(0)
  return code >= 48 && code <= 57
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
