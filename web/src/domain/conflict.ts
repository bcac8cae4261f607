import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'

/** An edit that met a newer bead. */
export interface Conflict {
  readonly patch: BeadPatch
  /** The bead that the person had in front of them. */
  readonly base: BeadDetail
  readonly theirs: BeadDetail
}

export interface ConflictRow {
  readonly field: string
  /** The field's name for people. */
  readonly name: string
  readonly mine: string
  readonly theirs: string
  /** Whether both can be made into one text. */
  readonly mergeable: boolean
}

/** What stands for a field in the end: one of both, or a text made of them. */
export type Resolution = { readonly use: 'mine' | 'theirs' } | { readonly use: 'merged'; readonly text: string }

const names: Readonly<Record<string, string>> = {
  title: 'Title',
  description: 'Description',
  acceptance: 'Acceptance',
  design: 'Design',
  notes: 'Notes',
  status: 'Status',
  priority: 'Priority',
  type: 'Type',
  assignee: 'Assignee',
  parent: 'Parent',
  externalRef: 'External reference',
  estimatedMinutes: 'Estimate in minutes',
  dueAt: 'Due',
  deferUntil: 'Deferred until',
}
const texts: readonly string[] = ['title', 'description', 'acceptance', 'design', 'notes']
const labelFields: readonly string[] = ['addLabels', 'removeLabels']

/** Whether both changed the same field: what only one changed needs no choice. */
export function clashes({ patch, base, theirs }: Conflict): boolean {
  return Object.keys(patch).some(
    (field) => !labelFields.includes(field) && shown(valueOf(base, field)) !== shown(valueOf(theirs, field)),
  )
}

/** What still waits for a choice once an edit was written, or waits itself: other fields than its own. Labels add up. */
export function stillWaiting(waiting: readonly Conflict[], edit: BeadPatch): readonly Conflict[] {
  return waiting.flatMap((conflict) => {
    const left = Object.entries(conflict.patch).filter(
      ([field]) => labelFields.includes(field) || !Object.hasOwn(edit, field),
    )
    return left.length === 0 ? [] : [{ ...conflict, patch: Object.fromEntries(left) }]
  })
}

/** The fields of an edit that met a newer bead, side by side. */
export function conflictRows(patch: BeadPatch, theirs: BeadDetail): ConflictRow[] {
  const rows: ConflictRow[] = Object.entries(patch)
    .filter(([field]) => !labelFields.includes(field))
    .map(([field, value]) => {
      const both = { mine: shown(value), theirs: shown(valueOf(theirs, field)) }
      return { field, name: names[field] ?? field, ...both, mergeable: texts.includes(field) }
    })
  const { addLabels = [], removeLabels = [] } = patch
  if (addLabels.length + removeLabels.length > 0) {
    const kept = theirs.labels.filter((label) => !removeLabels.includes(label) && !addLabels.includes(label))
    const both = { mine: shown([...kept, ...addLabels].join(', ')), theirs: shown(theirs.labels.join(', ')) }
    rows.push({ field: 'labels', name: 'Labels', ...both, mergeable: false })
  }
  return rows
}

/** What else is different now, in the names for people. */
export function alsoChanged({ patch, base, theirs }: Conflict): string[] {
  const changed = Object.keys(names).filter(
    (field) => !Object.hasOwn(patch, field) && shown(valueOf(base, field)) !== shown(valueOf(theirs, field)),
  )
  const labels = base.labels.join() === theirs.labels.join() || labelFields.some((field) => Object.hasOwn(patch, field))
  return [...changed.map((field) => names[field] ?? field), ...(labels ? [] : ['Labels'])]
}

/** The edit that carries the choices out; empty when everything stays as it is now. */
export function resolvedPatch(patch: BeadPatch, choices: Readonly<Record<string, Resolution>>): BeadPatch {
  const entries = Object.entries(patch).flatMap(([field, value]) => {
    const choice = choices[labelFields.includes(field) ? 'labels' : field] ?? { use: 'mine' }
    if (choice.use === 'theirs') return []
    return [[field, choice.use === 'merged' ? choice.text : value] as const]
  })
  return Object.fromEntries(entries)
}

function valueOf(bead: BeadDetail, field: string): unknown {
  return Object.entries(bead).find(([name]) => name === field)?.[1]
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
