import type { BeadDetail } from '../../model/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { changeBead, requireNoTemplate, type Source } from './bead-change.ts'
import { requireClosable } from './closable.ts'
import { checkText } from './fields.ts'
import { closeMolecule } from './molecule.ts'
import { freed, writeRow } from './row-write.ts'

/**
 * Closes a bead, with bd's reason `Closed` when none is given. One that is closed already stays as it is; open
 * blockers and, of wrappers, open children refuse.
 */
export function closeBead(
  source: Source,
  id: string,
  options: { readonly reason: string; readonly session?: string; readonly force?: boolean },
  write: Write,
): Promise<BeadDetail> {
  const reason = checkText('reason', options.reason) || 'Closed'
  return changeBead(source, { operation: 'close', id, write }, async (desk) => {
    if (desk.row.status === 'closed') return
    requireNoTemplate(desk.row)
    if (options.force !== true) await requireClosable(desk)
    const { writing, now } = desk
    const session = (options.session ?? '').slice(0, 255)
    await writing.write(
      'issues',
      `UPDATE issues SET status = 'closed', closed_at = ?, updated_at = ?, close_reason = ?, closed_by_session = ? WHERE id = ?`,
      [now, now, reason, session, id],
    )
    await desk.events.add(id, 'closed', { oldValue: '', newValue: reason })
    await closeMolecule(desk, session)
  })
}

/** Opens a bead again: no longer deferred, without a close reason, and nobody's when a session held it. */
export function reopenBead(
  source: Source,
  id: string,
  options: { readonly reason: string },
  write: Write,
): Promise<BeadDetail> {
  const reason = checkText('reason', options.reason)
  return changeBead(source, { operation: 'reopen', id, write }, async (desk) => {
    if (desk.row.status === 'open') return
    const columns = { status: 'open', defer_until: null }
    await writeRow(desk, { ...columns, ...freed(desk.row, columns) }, undefined)
    if (reason !== '') await desk.events.add(id, 'commented', { comment: reason })
  })
}
