import { wrapperTypes, type BeadDetail } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Write } from '../../model/work-plane.ts'
import { answerChange, changeBead, type BeadDesk, type Source } from './bead-change.ts'
import { checkText } from './fields.ts'
import { freed, writeRow } from './row-write.ts'

/** Closes a bead. One that is closed already stays as it is; open blockers and, of wrappers, open children refuse. */
export function closeBead(
  source: Source,
  id: string,
  options: { readonly reason: string; readonly session?: string; readonly force?: boolean },
  write: Write,
): Promise<BeadDetail> {
  const reason = checkText('reason', options.reason)
  return changeBead(source, { operation: 'close', id, write }, async (desk) => {
    if (desk.row.status === 'closed') return
    if (options.force !== true) await requireClosable(desk)
    const { writing, now } = desk
    await writing.write(
      'issues',
      `UPDATE issues SET status = 'closed', closed_at = ?, updated_at = ?, close_reason = ?, closed_by_session = ? WHERE id = ?`,
      [now, now, reason, (options.session ?? '').slice(0, 255), id],
    )
    await desk.events.add(id, 'closed', { oldValue: '', newValue: reason })
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

/**
 * Deletes a bead with its rows, its events and the edges from others to it. The number of a deleted child is not
 * given out again. A repeat with the same key succeeds, another delete is `bead_not_found`.
 */
export async function deleteBead(source: Source, id: string, write: Write): Promise<void> {
  const remove = async ({ writing }: BeadDesk): Promise<void> => {
    await writing.write('dependencies', 'DELETE FROM dependencies WHERE issue_id = ? OR depends_on_id = ?', [id, id])
    for (const table of ['events', 'comments', 'labels', 'issue_snapshots', 'compaction_snapshots']) {
      await writing.write(table, `DELETE FROM ${table} WHERE issue_id = ?`, [id])
    }
    await writing.write('issues', 'DELETE FROM issues WHERE id = ?', [id])
  }
  const change = { operation: 'delete', id, write, silent: true }
  await answerChange(source, change, { body: remove, answer: () => Promise.resolve() })
}

/** Fails with `bead_close_refused` while something open holds the bead open; wisps count here, unlike for `ready`. */
export async function requireClosable(desk: BeadDesk): Promise<void> {
  const { id } = desk.row
  const held = await neighbours(desk, 'depends_on_id', 'issue_id', ['blocks', 'conditional-blocks'])
  const blockers = [...(await openOf(desk, 'issues', held)), ...(await openOf(desk, 'wisps', held))]
  if (blockers.length > 0) throw refused(id, `it is blocked by ${names(blockers)}`)
  if (!wrapperTypes.includes(desk.row.issue_type)) return
  const children = await openOf(desk, 'issues', await neighbours(desk, 'issue_id', 'depends_on_id', ['parent-child']))
  if (children.length > 0) throw refused(id, `it has open children: ${names(children)}`)
}

type End = 'issue_id' | 'depends_on_id'

/** What stands at the `far` ends of the edges that have the bead at their `near` end. */
async function neighbours(desk: BeadDesk, far: End, near: End, kinds: readonly string[]): Promise<string[]> {
  const rows = await desk.writing.rows<{ id: string; kind: string }>(
    `SELECT ${far} AS id, type AS kind FROM dependencies WHERE ${near} = ?`,
    [desk.row.id],
  )
  return rows.filter((row) => kinds.includes(row.kind)).map((row) => row.id)
}

async function openOf(desk: BeadDesk, table: 'issues' | 'wisps', ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await desk.writing.rows<{ id: string; status: string }>(
    `SELECT id, status FROM ${table} WHERE id IN (?) ORDER BY id`,
    [ids],
  )
  return rows.filter((row) => row.status !== 'closed' && row.status !== 'pinned').map((row) => row.id)
}

function refused(bead: string, why: string): GembaError {
  return new GembaError('bead_close_refused', { bead, why })
}

function names(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ')
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown
}
