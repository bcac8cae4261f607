import type { Comment } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../../model/json.ts'
import type { ReadyEdge } from '../../../model/ready.ts'
import type { IssueRow } from '../rows.ts'

/** An edge of a bead to what it depends on, of any kind. */
export interface BdEdge extends Omit<ReadyEdge, 'from'> {
  /** When it was made, as a Dolt `datetime`; absent where bd does not tell. */
  readonly at?: string
}

/** A bead as bd tells it, with what hangs on it. */
export interface BdBead {
  readonly row: IssueRow
  /** Sorted. */
  readonly labels: readonly string[]
  /** Sorted by target. */
  readonly edges: readonly BdEdge[]
  /** In the order of their times. */
  readonly comments: readonly Comment[]
}

/** A bead as `bd show` tells it: edges only as far as the other end is in the database. */
export interface ShownBead extends BdBead {
  /** The rows at the other ends of the edges. */
  readonly targets: readonly IssueRow[]
  readonly dependents: readonly { readonly row: IssueRow; readonly kind: string }[]
}

/** A line of `bd export`. */
export function exportedBead(issue: JsonObject): BdBead {
  const edges = listOf(issue['dependencies']).map(({ depends_on_id: to, type, metadata, created_at: at }): BdEdge => {
    const gate = parseJsonObject(textOf(metadata))?.['gate']
    return { to: textOf(to), kind: textOf(type), gate: typeof gate === 'string' ? gate : null, at: sqlTimeIn(at) }
  })
  return { row: rowOf(issue), ...hangingOn(issue), edges: edges.sort(byTarget) }
}

/** An issue of `bd show`. */
export function shownBead(issue: JsonObject): ShownBead {
  const targets = listOf(issue['dependencies'])
  const dependents = listOf(issue['dependents']).map((other) => ({ row: rowOf(other), kind: kindOf(other) }))
  return {
    row: rowOf(issue),
    ...hangingOn(issue),
    edges: targets.map((other) => ({ to: textOf(other['id']), kind: kindOf(other) })).sort(byTarget),
    targets: targets.map(rowOf),
    // A wisp hangs on beads, not they on it.
    dependents: dependents.filter((each) => each.row.ephemeral !== 1),
  }
}

export function commentOf(comment: JsonObject): Comment {
  const [id, author, text] = [textOf(comment['id']), textOf(comment['author']), textOf(comment['text'])]
  return { id, author, text, createdAt: `${sqlTimeIn(comment['created_at']).replace(' ', 'T')}Z` }
}

/** The row that an issue in JSON stands for: what bd leaves out is empty, times as Dolt keeps them. */
export function rowOf(issue: JsonObject): IssueRow {
  const text = (name: string): string => textOf(issue[name])
  const time = (name: string): string | null => (issue[name] == null ? null : sqlTimeIn(issue[name]))
  const number = (name: string): number | null => (typeof issue[name] === 'number' ? issue[name] : null)
  const flag = (name: string): number => (issue[name] === true ? 1 : 0)
  const id = text('id')
  if (id === '') throw new GembaError('bd_failed', { why: 'an issue has no id' })
  return {
    id,
    title: text('title'),
    status: text('status'),
    priority: number('priority') ?? 0,
    issue_type: text('issue_type'),
    assignee: text('assignee'),
    created_at: sqlTimeIn(issue['created_at']),
    updated_at: sqlTimeIn(issue['updated_at']),
    closed_at: time('closed_at'),
    defer_until: time('defer_until'),
    pinned: flag('pinned'),
    ephemeral: flag('ephemeral'),
    is_template: flag('is_template'),
    description: text('description'),
    design: text('design'),
    acceptance_criteria: text('acceptance_criteria'),
    notes: text('notes'),
    estimated_minutes: number('estimated_minutes'),
    created_by: text('created_by'),
    owner: text('owner'),
    started_at: time('started_at'),
    close_reason: text('close_reason'),
    closed_by_session: text('closed_by_session'),
    external_ref: text('external_ref'),
    due_at: time('due_at'),
    metadata: issue['metadata'] ?? {},
    spec_id: text('spec_id'),
    source_system: text('source_system'),
    compaction_level: number('compaction_level'),
    compacted_at: time('compacted_at'),
    compacted_at_commit: text('compacted_at_commit'),
    original_size: number('original_size'),
    sender: text('sender'),
    no_history: flag('no_history'),
    wisp_type: text('wisp_type'),
    await_type: text('await_type'),
    await_id: text('await_id'),
    timeout_ns: number('timeout'),
    waiters: issue['waiters'] === undefined ? null : JSON.stringify(issue['waiters']),
    mol_type: text('mol_type'),
    work_type: text('work_type'),
    event_kind: text('event_kind'),
    actor: text('actor'),
    target: text('target'),
    payload: text('payload'),
  }
}

function hangingOn(issue: JsonObject): Pick<BdBead, 'labels' | 'comments'> {
  const labels = Array.isArray(issue['labels']) ? issue['labels'].filter((label) => typeof label === 'string') : []
  const comments = listOf(issue['comments']).map(commentOf)
  return { labels: labels.sort(), comments: comments.sort((a, b) => compare(timeKey(a), timeKey(b))) }
}

function timeKey(comment: Comment): string {
  return `${comment.createdAt} ${comment.id}`
}

function kindOf(other: JsonObject): string {
  return textOf(other['dependency_type'])
}

function byTarget(a: BdEdge, b: BdEdge): number {
  return compare(a.to, b.to)
}

/** RFC 3339 as bd prints it, in UTC; its times of new rows carry fractions that the row does not keep. */
function sqlTimeIn(value: unknown): string {
  const time = new Date(textOf(value))
  if (Number.isNaN(time.getTime())) throw new GembaError('bd_failed', { why: 'a time is missing or malformed' })
  return `${time.toISOString().slice(0, 10)} ${time.toISOString().slice(11, 19)}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
