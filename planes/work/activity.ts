import type { Reading } from './database.ts'

/** What happened around a bead, beside its own row. */
export interface Activity {
  readonly commentCount: number
  /** When a comment, an edge from it or a label last came or went, as the database writes times; null: nothing is recorded. */
  readonly touchedAt: string | null
}

export const noActivity: Activity = { commentCount: 0, touchedAt: null }

interface ActivityRow {
  readonly bead: string
  readonly comments: number
  readonly at: string
}

const columns = 'issue_id AS bead, MAX(created_at) AS at'
/** One read of each table. Labels have no time of their own, but their events do. Edges that went leave no trace. */
const selects = [
  { select: `SELECT ${columns}, COUNT(*) AS comments FROM comments`, where: [] },
  { select: `SELECT ${columns}, 0 AS comments FROM dependencies`, where: [] },
  { select: `SELECT ${columns}, 0 AS comments FROM events`, where: ["event_type IN ('label_added', 'label_removed')"] },
]

/** The activity of every bead that has any. */
export function activityOfAll(reading: Reading): Promise<ReadonlyMap<string, Activity>> {
  return collect((select, where) => reading.rows(statement(select, where)))
}

/** The activity of those of `ids` that have any; so many ids at a time as one statement takes. */
export function activityOf(ids: readonly string[], reading: Reading): Promise<ReadonlyMap<string, Activity>> {
  return collect((select, where) => reading.rows(statement(select, [...where, 'issue_id IN (?)']), [ids]))
}

async function collect(
  read: (select: string, where: readonly string[]) => Promise<ActivityRow[]>,
): Promise<ReadonlyMap<string, Activity>> {
  const found = new Map<string, Activity>()
  for (const { select, where } of selects) {
    for (const { bead, comments, at } of await read(select, where)) {
      const { commentCount, touchedAt } = found.get(bead) ?? noActivity
      const newest = touchedAt !== null && touchedAt > at ? touchedAt : at
      found.set(bead, { commentCount: commentCount + Number(comments), touchedAt: newest })
    }
  }
  return found
}

function statement(select: string, where: readonly string[]): string {
  return `${select} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} GROUP BY issue_id`
}
