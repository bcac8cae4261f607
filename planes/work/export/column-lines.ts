import type { IssueRow } from '../rows.ts'
import { isoTime } from '../time.ts'
import type { Hanging } from './hanging.ts'
import { metadataText } from './issue-line.ts'

/** A bead and what hangs on it, a line for each row of a table; `_table` names it. */
export function columnLines(row: IssueRow, hanging: Hanging): object[] {
  const lines = (table: string, rows: readonly object[]): object[] =>
    rows.map((each) => ({ _table: table, ...columns(each) }))
  return [
    ...lines('issues', [row]),
    ...lines(
      'labels',
      hanging.labels(row.id).map((label) => ({ issue_id: row.id, label })),
    ),
    ...lines('dependencies', hanging.edges(row.id)),
    ...lines('comments', hanging.comments(row.id)),
  ]
}

function columns(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]: [string, unknown]) => [name, plain(name, value)]))
}

function plain(name: string, value: unknown): unknown {
  if (name === 'metadata') return metadataText(value)
  if (typeof value === 'string' && timeColumns.has(name)) return isoTime(value)
  return value
}

const timeColumns: ReadonlySet<string> = new Set([
  ...['created_at', 'updated_at', 'started_at', 'closed_at', 'due_at', 'defer_until', 'compacted_at', 'last_activity'],
])
