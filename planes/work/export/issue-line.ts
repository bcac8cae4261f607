import { blockingKinds } from '../../../model/bead.ts'
import { issueJson } from '../issue-json.ts'
import type { IssueRow } from '../rows.ts'
import { isoTime } from '../time.ts'
import type { EdgeRow, Hanging } from './hanging.ts'

/** A bead as a line of `bd export`. */
export function issueLine(row: IssueRow, hanging: Hanging): object {
  const edges = hanging.edges(row.id)
  const comments = hanging.comments(row.id)
  return {
    _type: 'issue',
    ...issueJson(row, hanging.labels(row.id), {
      dependencies: edges.length === 0 ? null : edges.map(edgeJson),
      comments:
        comments.length === 0 ? null : comments.map((each) => ({ ...each, created_at: isoTime(each.created_at) })),
    }),
    dependency_count: edges.filter(({ type }) => blockingKinds.includes(type)).length,
    dependent_count: hanging.dependents(row.id),
    comment_count: comments.length,
  }
}

/** bd writes the metadata of an edge as JSON inside a string. */
function edgeJson({ metadata, thread_id: thread, ...edge }: EdgeRow): object {
  return {
    ...edge,
    created_at: isoTime(edge.created_at),
    metadata: metadataText(metadata),
    ...(thread === null || thread === '' ? {} : { thread_id: thread }),
  }
}

export function metadataText(value: unknown): string {
  if (value === null || value === undefined) return '{}'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
