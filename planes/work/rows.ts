import { createHash } from 'node:crypto'
import { stateOf, type BeadDetail, type BeadSummary, type Comment, type Edge } from '../../model/bead.ts'
import { isJsonObject } from '../../model/json.ts'
import type { ReadyBead, Standing } from '../../model/ready.ts'
import type { Activity } from './activity.ts'
import { isoTime, isoTimeOrNull } from './time.ts'

/** The columns of `issues` that lists, readiness and whole rows share. */
interface BaseRow {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly priority: number
  readonly issue_type: string
  readonly assignee: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
  readonly defer_until: string | null
  readonly pinned: number | null
  readonly ephemeral: number | null
  readonly is_template: number | null
}

/** What lists and readiness need of a row: no long text. */
export interface LightRow extends BaseRow {
  /** 1 when the row has acceptance criteria. */
  readonly has_acceptance: number
}

export const lightColumns =
  'id, title, status, priority, issue_type, assignee, created_at, updated_at, closed_at, defer_until, ' +
  "pinned, ephemeral, is_template, acceptance_criteria <> '' AS has_acceptance"

/** A whole row of `issues`, as far as it is named here. */
export interface IssueRow extends BaseRow {
  readonly description: string
  readonly design: string
  readonly acceptance_criteria: string
  readonly notes: string
  readonly estimated_minutes: number | null
  readonly created_by: string | null
  readonly owner: string | null
  readonly started_at: string | null
  readonly close_reason: string | null
  readonly closed_by_session: string | null
  readonly external_ref: string | null
  readonly due_at: string | null
  readonly metadata: unknown
  readonly spec_id: string | null
  readonly source_system: string | null
  readonly compaction_level: number | null
  readonly compacted_at: string | null
  readonly compacted_at_commit: string | null
  readonly original_size: number | null
  readonly sender: string | null
  readonly no_history: number | null
  readonly wisp_type: string | null
  readonly await_type: string | null
  readonly await_id: string | null
  readonly timeout_ns: number | null
  /** A list as JSON. */
  readonly waiters: string | null
  readonly mol_type: string | null
  readonly work_type: string | null
  readonly event_kind: string | null
  readonly actor: string | null
  readonly target: string | null
  readonly payload: string | null
}

/** What else a summary shows. */
export interface Around extends Activity {
  readonly labels: readonly string[]
  readonly parent: string | null
  readonly standing: Standing
  readonly revision: number
}

export function readyBead(row: BaseRow): ReadyBead {
  return {
    id: row.id,
    status: row.status,
    type: row.issue_type,
    priority: row.priority,
    createdAt: isoTime(row.created_at),
    deferUntil: isoTimeOrNull(row.defer_until),
    pinned: row.pinned === 1,
    ephemeral: row.ephemeral === 1,
  }
}

/** Whether lists show the row: templates and wisps are not work. */
export function isListed(row: BaseRow): boolean {
  return row.ephemeral !== 1 && row.is_template !== 1
}

export function summaryOf(row: LightRow | IssueRow, around: Around): BeadSummary {
  return {
    id: row.id,
    title: row.title,
    status: row.status,
    state: stateOf(row.status, around.labels),
    priority: row.priority,
    type: row.issue_type,
    assignee: row.assignee === '' ? null : row.assignee,
    labels: around.labels,
    parent: around.parent,
    blockedBy: around.standing.blockedBy,
    blocks: around.standing.blocks,
    ready: around.standing.ready,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
    modifiedAt: isoTime(newest(row.updated_at, around.touchedAt)),
    closedAt: isoTimeOrNull(row.closed_at),
    deferUntil: isoTimeOrNull(row.defer_until),
    hasAcceptance: 'has_acceptance' in row ? row.has_acceptance === 1 : row.acceptance_criteria !== '',
    commentCount: around.commentCount,
    revision: around.revision,
  }
}

function newest(edited: string, touched: string | null): string {
  return touched !== null && touched > edited ? touched : edited
}

export function detailOf(
  row: IssueRow,
  around: Around,
  more: {
    readonly dependencies: readonly Edge[]
    readonly dependents: readonly Edge[]
    readonly comments: readonly Comment[]
  },
): BeadDetail {
  return {
    ...summaryOf(row, around),
    description: row.description,
    design: row.design,
    acceptance: row.acceptance_criteria,
    notes: row.notes,
    owner: row.owner ?? '',
    createdBy: row.created_by ?? '',
    closeReason: row.close_reason ?? '',
    externalRef: row.external_ref === '' ? null : row.external_ref,
    estimatedMinutes: row.estimated_minutes,
    dueAt: isoTimeOrNull(row.due_at),
    startedAt: isoTimeOrNull(row.started_at),
    metadata: metadataOf(row),
    ...more,
    etag: etagOf(row, around.labels, more.dependencies),
  }
}

/** The `metadata` object; a database may also hold null, or text that another program wrote. */
export function metadataOf(row: IssueRow): Readonly<Record<string, unknown>> {
  return isJsonObject(row.metadata) ? row.metadata : {}
}

/** Changes when the row, a label or an edge of this bead changes; edges of others to it and comments do not count. */
export function etagOf(row: IssueRow, labels: readonly string[], dependencies: readonly Edge[]): string {
  const columns = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))
  const edges = dependencies.map((edge) => `${edge.to} ${edge.kind}`).sort()
  return createHash('sha256')
    .update(JSON.stringify([columns, labels, edges]))
    .digest('base64url')
    .slice(0, 27)
}
