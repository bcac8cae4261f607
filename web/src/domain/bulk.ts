import type { BeadPatch, BeadSummary } from '../../../model/bead.ts'
import { undoOfClose, undoOfEdit, undoOfReopen, type BeadStep } from './undo.ts'

/** One change of many beads. */
export type BulkChange =
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'reopen'; readonly reason: string }
  /** Put off; `until` is a day, or null for as long as nobody takes it up again. */
  | { readonly kind: 'defer'; readonly until: string | null }
  | { readonly kind: 'edit'; readonly patch: BeadPatch }
  | { readonly kind: 'delete' }

export interface BulkPlan {
  /** Nothing to do is no failure. */
  readonly steps: readonly BeadStep[]
  /** What takes it back; empty when nothing does. */
  readonly undo: readonly BeadStep[]
}

/**
 * What a change asks for at one bead as it is now, or in words why it does not go. Where work is `dispatched`, nothing
 * takes back that it was ended.
 */
export function planBulk(
  change: Exclude<BulkChange, { kind: 'delete' }>,
  bead: BeadSummary,
  dispatched: boolean,
): BulkPlan | string {
  const closed = bead.state === 'completed'
  switch (change.kind) {
    case 'close':
      if (closed) return nothing
      return { steps: [{ kind: 'close', reason: change.reason }], undo: undoOfClose(bead, dispatched) }
    case 'reopen':
      if (!closed) return nothing
      return { steps: [{ kind: 'reopen', reason: change.reason }], undo: undoOfReopen(bead, 'unstarted', '') }
    case 'defer': {
      if (closed) return 'It is done: reopen it first.'
      const patch = { status: 'deferred', deferUntil: change.until }
      const undoes = bead.state !== 'started' || !dispatched
      return { steps: [{ kind: 'patch', patch }], undo: undoes ? undoOfEdit(patch, bead) : [] }
    }
    case 'edit':
      return planEdit(change.patch, bead)
  }
}

const nothing: BulkPlan = { steps: [], undo: [] }

/** Fields of which a summary tells what they were. */
const plainFields = ['priority', 'type', 'parent'] as const

function planEdit(patch: BeadPatch, bead: BeadSummary): BulkPlan {
  const add = (patch.addLabels ?? []).filter((label) => !bead.labels.includes(label))
  const remove = (patch.removeLabels ?? []).filter((label) => bead.labels.includes(label))
  const fields = plainFields.filter((field) => patch[field] !== undefined && patch[field] !== bead[field])
  if (add.length + remove.length + fields.length === 0) return nothing
  const changes = editOf(patch, fields, add, remove)
  return { steps: [{ kind: 'patch', patch: changes }], undo: undoOfEdit(changes, bead) }
}

function editOf(
  values: Pick<BeadPatch, (typeof plainFields)[number]>,
  fields: readonly (typeof plainFields)[number][],
  addLabels: readonly string[],
  removeLabels: readonly string[],
): BeadPatch {
  return {
    ...Object.fromEntries(fields.map((field) => [field, values[field]])),
    ...(addLabels.length === 0 ? {} : { addLabels }),
    ...(removeLabels.length === 0 ? {} : { removeLabels }),
  }
}
