import { createHash } from 'node:crypto'
import type { Edge } from '../../model/bead.ts'
import type { Reading } from './database.ts'
import { rowsByIds, type CommentRow } from './reads.ts'
import type { IssueRow } from './rows.ts'
import type { Shape } from './shape.ts'

/** Of each bead that is there a digest of its row, of the edges of every kind at it, and of its comments. */
export async function digestsOf(
  reading: Reading,
  shape: Shape,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const edges = `SELECT issue_id AS \`from\`, ${shape.dependsOn} AS \`to\`, type AS kind FROM dependencies`
  const out = await rowsByIds<Edge>(reading, ids, `${edges} WHERE issue_id IN (?) ORDER BY 1, 2`)
  const into = await rowsByIds<Edge>(reading, ids, `${edges} WHERE ${shape.dependsOn} IN (?) ORDER BY 2, 1`)
  const said = await rowsByIds<CommentRow & { readonly issue_id: string }>(
    reading,
    ids,
    'SELECT issue_id, id, author, text, created_at FROM comments WHERE issue_id IN (?) ORDER BY issue_id, id',
  )
  const [outOf, intoOf, saidOf] = [
    Map.groupBy(out, (edge) => edge.from),
    Map.groupBy(into, (edge) => edge.to),
    Map.groupBy(said, (comment) => comment.issue_id),
  ]
  const rows = await rowsByIds<IssueRow>(reading, ids, 'SELECT * FROM issues WHERE id IN (?)')
  return new Map(rows.map((row) => [row.id, digest([row, outOf.get(row.id), intoOf.get(row.id), saidOf.get(row.id)])]))
}

function digest(told: unknown): string {
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url')
}
