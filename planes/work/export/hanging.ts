import { blockingKinds } from '../../../model/bead.ts'
import type { Reading } from '../database.ts'
import type { Shape } from '../shape.ts'

export interface CommentRow {
  readonly id: string
  readonly issue_id: string
  readonly author: string
  readonly text: string
  readonly created_at: string
}

export interface EdgeRow {
  readonly issue_id: string
  readonly depends_on_id: string
  readonly type: string
  readonly created_at: string
  readonly created_by: string
  readonly metadata: unknown
  readonly thread_id: string | null
}

/** What hangs on the beads of one page; the rows of each bead in a fixed order. */
export interface Hanging {
  labels(bead: string): readonly string[]
  edges(bead: string): readonly EdgeRow[]
  comments(bead: string): readonly CommentRow[]
  /** How many edges that hold back lead to the bead. */
  dependents(bead: string): number
}

export async function readHanging(reading: Reading, shape: Shape, ids: readonly string[]): Promise<Hanging> {
  const labels = await reading.rows<{ issue_id: string; label: string }>(
    'SELECT issue_id, label FROM labels WHERE issue_id IN (?) ORDER BY label',
    [ids],
  )
  const edges = await reading.rows<EdgeRow>(
    `SELECT issue_id, ${shape.dependsOn} AS depends_on_id, type, created_at, created_by, metadata, thread_id
     FROM dependencies WHERE issue_id IN (?) ORDER BY 2, 3`,
    [ids],
  )
  const comments = await reading.rows<CommentRow>(
    'SELECT id, issue_id, author, text, created_at FROM comments WHERE issue_id IN (?) ORDER BY created_at, id',
    [ids],
  )
  const into = await reading.rows<{ bead: string; type: string }>(
    `SELECT ${shape.dependsOn} AS bead, type FROM dependencies WHERE ${shape.dependsOn} IN (?)`,
    [ids],
  )
  const [labelsOf, edgesOf, commentsOf] = [byBead(labels), byBead(edges), byBead(comments)]
  const dependents = Map.groupBy(
    into.filter(({ type }) => blockingKinds.includes(type)),
    ({ bead }) => bead,
  )
  return {
    labels: (bead) => labelsOf(bead).map(({ label }) => label),
    edges: edgesOf,
    comments: commentsOf,
    dependents: (bead) => dependents.get(bead)?.length ?? 0,
  }
}

function byBead<T extends { readonly issue_id: string }>(rows: readonly T[]): (bead: string) => readonly T[] {
  const grouped = Map.groupBy(rows, (row) => row.issue_id)
  return (bead) => grouped.get(bead) ?? []
}
