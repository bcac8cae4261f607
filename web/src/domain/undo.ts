import type { BeadPatch, BeadSummary, StateCategory } from '../../../model/bead.ts'
import { patchFor } from './move.ts'

/** One request that changes a bead. */
export type BeadStep =
  { readonly kind: 'close' | 'reopen'; readonly reason: string } | { readonly kind: 'patch'; readonly patch: BeadPatch }

/** What a summary tells of a bead, but for its labels. */
const plainFields = ['title', 'status', 'priority', 'type', 'assignee', 'parent', 'deferUntil'] as const
type PlainField = (typeof plainFields)[number]
const undoing = 'Taken back'

/** What takes an edit back; nothing when it changed nothing, or when a summary does not tell what was there before. */
export function undoOfEdit(patch: BeadPatch, before: BeadSummary): readonly BeadStep[] {
  const { addLabels = [], removeLabels = [], ...fields } = patch
  const given = Object.keys(fields)
  if (!given.every(isPlain)) return []
  const changed = given.filter((field) => fields[field] !== before[field])
  const remove = addLabels.filter((label) => !before.labels.includes(label))
  const add = removeLabels.filter((label) => before.labels.includes(label))
  return stepsOf({
    ...Object.fromEntries(changed.map((field) => [field, before[field]])),
    ...(add.length === 0 ? {} : { addLabels: add }),
    ...(remove.length === 0 ? {} : { removeLabels: remove }),
  })
}

/**
 * Reopening makes a bead open and no longer deferred: what else it was is set again. Where work is `dispatched`, no edit
 * starts it: nothing takes back that started work was closed.
 */
export function undoOfClose({ status, state, deferUntil }: BeadSummary, dispatched: boolean): readonly BeadStep[] {
  if (state === 'started' && dispatched) return []
  const isOpen = status === 'open' && deferUntil === null
  return [{ kind: 'reopen', reason: undoing }, ...(isOpen ? [] : stepsOf({ status, deferUntil }))]
}

/** A bead that was reopened, and went on to `then`, is closed again with what it had; `reason` is why it was closed. */
export function undoOfReopen(
  before: BeadSummary,
  then: Exclude<StateCategory, 'completed'>,
  reason: string,
): readonly BeadStep[] {
  const { status: _, ...patch } = then === 'unstarted' ? {} : patchFor(then)
  const close: BeadStep = { kind: 'close', reason: reason === '' ? undoing : reason }
  return [...undoOfEdit({ deferUntil: null, ...patch }, before), close]
}

function stepsOf(patch: BeadPatch): readonly BeadStep[] {
  return Object.keys(patch).length === 0 ? [] : [{ kind: 'patch', patch }]
}

function isPlain(field: string): field is PlainField {
  return (plainFields as readonly string[]).includes(field)
}
