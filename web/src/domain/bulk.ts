import type { BeadPatch, BeadSummary } from '../../../model/bead.ts'

/** One change of many beads. */
export type BulkChange =
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'reopen'; readonly reason: string }
  /** Put off; `until` is a day, or null for as long as nobody takes it up again. */
  | { readonly kind: 'defer'; readonly until: string | null }
  | { readonly kind: 'edit'; readonly patch: BeadPatch }
  | { readonly kind: 'delete' }

/** One request to the server. */
export type BulkStep =
  | { readonly kind: 'close' | 'reopen'; readonly reason: string }
  | { readonly kind: 'patch'; readonly patch: BeadPatch }
  | { readonly kind: 'delete' }

export interface BulkPlan {
  /** Nothing to do is no failure. */
  readonly steps: readonly BulkStep[]
  /** What takes it back; null when nothing does. */
  readonly undo: readonly BulkStep[] | null
}

const undoing = 'Taken back'

/** What a change asks for at one bead as it is now, or in words why it does not go. */
export function planBulk(change: BulkChange, bead: BeadSummary): BulkPlan | string {
  const closed = bead.state === 'completed'
  switch (change.kind) {
    case 'delete':
      return { steps: [{ kind: 'delete' }], undo: null }
    case 'close':
      if (closed) return nothing
      return { steps: [{ kind: 'close', reason: change.reason }], undo: reopened(bead) }
    case 'reopen':
      if (!closed) return nothing
      return {
        steps: [{ kind: 'reopen', reason: change.reason }],
        undo: [{ kind: 'close', reason: undoing }],
      }
    case 'defer':
      if (closed) return 'It is done: reopen it first.'
      return {
        steps: [{ kind: 'patch', patch: { status: 'deferred', deferUntil: change.until } }],
        undo: [{ kind: 'patch', patch: { status: bead.status, deferUntil: bead.deferUntil } }],
      }
    case 'edit':
      return planEdit(change.patch, bead)
  }
}

const nothing: BulkPlan = { steps: [], undo: [] }

/** Reopening makes a bead open and no longer deferred: what else it was is set again. */
function reopened({ status, deferUntil }: BeadSummary): BulkStep[] {
  const steps: BulkStep[] = [{ kind: 'reopen', reason: undoing }]
  if (status !== 'open' || deferUntil !== null) steps.push({ kind: 'patch', patch: { status, deferUntil } })
  return steps
}

/** Fields of which a summary tells what they were. */
const plainFields = ['priority', 'type', 'parent'] as const

function planEdit(patch: BeadPatch, bead: BeadSummary): BulkPlan {
  const add = (patch.addLabels ?? []).filter((label) => !bead.labels.includes(label))
  const remove = (patch.removeLabels ?? []).filter((label) => bead.labels.includes(label))
  const fields = plainFields.filter((field) => patch[field] !== undefined && patch[field] !== bead[field])
  if (add.length + remove.length + fields.length === 0) return nothing
  return {
    steps: [{ kind: 'patch', patch: editOf(patch, fields, add, remove) }],
    undo: [{ kind: 'patch', patch: editOf(bead, fields, remove, add) }],
  }
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
