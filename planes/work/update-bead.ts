import type { BeadDetail, BeadPatch } from '../../model/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { changeBead, edgeLock, requireNoTemplate, type BeadDesk, type Source } from './bead-change.ts'
import { requireClosable } from './closable.ts'
import { addLabels } from './create-bead.ts'
import type { SqlValue } from './database.ts'
import { setParent } from './edges.ts'
import { checkLabels, columnsOf, mergeMetadata } from './fields.ts'
import { freed, writeRow } from './row-write.ts'
import { metadataOf } from './rows.ts'

/**
 * Sets what differs; nothing else is written and `updated_at` moves only with the row. `metadata` is merged by its
 * top-level keys as bd does, a null deletes the key. Setting the status `closed` is refused like `close`.
 */
export function updateBead(source: Source, id: string, patch: BeadPatch, write: Write): Promise<BeadDetail> {
  const locks = patch.parent === undefined ? [] : [edgeLock]
  return changeBead(source, { operation: 'update', id, write, locks }, async (desk) => {
    requireNoTemplate(desk.row)
    await updateRow(desk, patch)
    await updateLabels(desk, patch)
    if (patch.parent !== undefined) await setParent(desk, { id, type: desk.row.issue_type }, patch.parent)
  })
}

async function updateRow(desk: BeadDesk, patch: BeadPatch): Promise<void> {
  const wanted: Record<string, SqlValue> = { ...columnsOf(patch, desk.words) }
  if (patch.metadata !== undefined) {
    const before = metadataOf(desk.row)
    const merged = mergeMetadata(before, patch.metadata)
    if (!sameObject(before, merged.value)) wanted['metadata'] = merged.json
  }
  const current: Readonly<Record<string, unknown>> = { ...desk.row }
  const changed = Object.entries(wanted).filter(
    ([column, value]) =>
      column === 'metadata' || (current[column] === '' ? null : current[column]) !== (value === '' ? null : value),
  )
  if (changed.length === 0) return
  const columns = Object.fromEntries(changed)
  if (columns['status'] === 'closed') await requireClosable(desk)
  await writeRow(desk, { ...columns, ...freed(desk.row, columns) }, undefined)
}

async function updateLabels(desk: BeadDesk, patch: BeadPatch): Promise<void> {
  const remove = checkLabels(patch.removeLabels ?? []).filter((label) => desk.labels.includes(label))
  for (const label of remove) {
    await desk.writing.write('labels', 'DELETE FROM labels WHERE issue_id = ? AND label = ?', [desk.row.id, label])
    await desk.events.add(desk.row.id, 'label_removed', { comment: `Removed label: ${label}` })
  }
  const kept = desk.labels.filter((label) => !remove.includes(label))
  const add = checkLabels(patch.addLabels ?? []).filter((label) => !kept.includes(label))
  await addLabels(desk, desk.row.id, add)
}

function sameObject(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]))
}
