import { sessionOfHolder } from '../../model/bead.ts'
import type { BeadDesk } from './bead-change.ts'
import type { SqlValue } from './database.ts'
import { boundedJson, type EventType } from './event-rows.ts'
import type { Columns } from './fields.ts'
import { changeJson, issueJson } from './issue-json.ts'
import type { IssueRow } from './rows.ts'

/** Writes columns, the side rules of a status change, `updated_at` and the event row. */
export async function writeRow(desk: BeadDesk, columns: Columns, event: EventType | undefined): Promise<void> {
  const all = { ...columns, ...sideEffects(desk.row, columns, desk.now), updated_at: desk.now }
  const names = Object.keys(all)
  await desk.writing.write(
    'issues',
    `UPDATE issues SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    [...Object.values(all), desk.row.id],
  )
  await desk.events.add(desk.row.id, event ?? eventOf(desk.row, columns), {
    oldValue: boundedJson(issueJson(desk.row, desk.labels)),
    newValue: boundedJson(changeJson(columns)),
  })
}

/** What bd's code changes along with a status (facts of `bd` 4.3). */
function sideEffects(row: IssueRow, columns: Columns, now: string): Columns {
  const status = columns['status']
  if (status === undefined) return {}
  const side: Record<string, SqlValue> = {}
  if (status === 'closed') side['closed_at'] = now
  else if (row.status === 'closed') Object.assign(side, { closed_at: null, close_reason: '' })
  if (status === 'in_progress' && row.started_at === null) side['started_at'] = now
  if (row.pinned === 1 && status !== 'pinned') side['pinned'] = 0
  return side
}

/** A bead that comes back from closed is nobody's: the session that held it has ended. */
export function freed(row: IssueRow, columns: Columns): Columns {
  const back = row.status === 'closed' && columns['status'] !== undefined && columns['assignee'] === undefined
  return back && sessionOfHolder(row.assignee) !== undefined ? { assignee: null } : {}
}

function eventOf(row: IssueRow, columns: Columns): EventType {
  if (columns['status'] === undefined) return 'updated'
  if (columns['status'] === 'closed') return 'closed'
  return row.status === 'closed' ? 'reopened' : 'status_changed'
}
