import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'

export interface ConflictRow {
  readonly field: string
  readonly mine: string
  readonly theirs: string
}

/** The fields of an edit that met a newer bead, side by side. */
export function conflictRows(patch: BeadPatch, theirs: BeadDetail): ConflictRow[] {
  const rows: ConflictRow[] = []
  for (const [field, value] of Object.entries(patch)) {
    if (field === 'addLabels' || field === 'removeLabels') continue
    const held: unknown = Object.entries(theirs).find(([name]) => name === field)?.[1]
    rows.push({ field, mine: shown(value), theirs: shown(held) })
  }
  const { addLabels = [], removeLabels = [] } = patch
  if (addLabels.length + removeLabels.length > 0) {
    const mine = [...theirs.labels.filter((label) => !removeLabels.includes(label)), ...addLabels]
    rows.push({ field: 'labels', mine: shown(mine.join(', ')), theirs: shown(theirs.labels.join(', ')) })
  }
  return rows
}

function shown(value: unknown): string {
  return value === null || value === undefined || value === '' ? '(empty)' : String(value)
}
