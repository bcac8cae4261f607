import {
  holderOf,
  sessionOfHolder,
  type BeadDetail,
  type BeadSummary,
  type Comment,
  type Edge,
} from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import { byPriority, neededFor, schedulingKinds, standings, type ReadyEdge } from '../../model/ready.ts'
import { activityOf, activityOfAll, noActivity, type Activity } from './activity.ts'
import type { Reading } from './database.ts'
import { affectedAround, edgesAround } from './neighbourhood.ts'
import { detailOf, isListed, lightColumns, readyBead, summaryOf, type IssueRow, type LightRow } from './rows.ts'
import type { Shape } from './shape.ts'
import { isoNow, isoTime } from './time.ts'

const chunk = 500
const nothing = { blockedBy: [], blocks: [], ready: false }

/** Every bead that is not a template or a wisp. */
export async function listBeads(reading: Reading, shape: Shape, revision: number): Promise<BeadSummary[]> {
  const rows = await reading.rows<LightRow>(`SELECT ${lightColumns} FROM issues`)
  const edges = await readSchedule(reading, shape)
  const labels = grouped(await reading.rows<LabelRow>('SELECT issue_id, label FROM labels ORDER BY issue_id, label'))
  const activity = await activityOfAll(reading)
  return summarise(rows, { shown: () => true, edges, labels, activity, revision })
}

/** The named beads and those whose summary depends on them. */
export async function summariesOf(
  reading: Reading,
  shape: Shape,
  ids: readonly string[],
  revision: number,
): Promise<BeadSummary[]> {
  if (ids.length === 0) return []
  const shown = await affectedAround(ids, (some) => readScheduleAt(reading, shape, some))
  const edges = await edgesAround(shown, (some) => readScheduleAt(reading, shape, some))
  const rows = await rowsByIds<LightRow>(
    reading,
    neededFor(shown, edges),
    `SELECT ${lightColumns} FROM issues WHERE id IN (?)`,
  )
  const labels = await rowsByIds<LabelRow>(
    reading,
    shown,
    'SELECT issue_id, label FROM labels WHERE issue_id IN (?) ORDER BY issue_id, label',
  )
  const activity = await activityByIds(reading, shown)
  return summarise(rows, { shown: (id) => shown.has(id), edges, labels: grouped(labels), activity, revision })
}

/** Ids in the order of `bd ready`. */
export async function readyBeads(reading: Reading, shape: Shape): Promise<string[]> {
  const beads = (await reading.rows<LightRow>(`SELECT ${lightColumns} FROM issues`)).map(readyBead)
  const found = standings(beads, await readSchedule(reading, shape), isoNow())
  return beads
    .filter((bead) => found.get(bead.id)?.ready === true)
    .sort(byPriority)
    .map((bead) => bead.id)
}

/** Everything about one bead, or `bead_not_found`. */
export async function readBead(reading: Reading, shape: Shape, id: string, revision: number): Promise<BeadDetail> {
  const row = await readIssue(reading, id)
  const labels = await readLabels(reading, id)
  const edges = await edgesAround([id], (some) => readScheduleAt(reading, shape, some))
  const around = await rowsByIds<LightRow>(
    reading,
    neededFor([id], edges),
    `SELECT ${lightColumns} FROM issues WHERE id IN (?)`,
  )
  const comments = await readComments(reading, id)
  const touching = await readEdgesAt(reading, shape, id)
  const dependencies = touching.filter((edge) => edge.from === id)
  const standing = standings(around.map(readyBead), edges, isoNow()).get(id) ?? nothing
  const parent = dependencies.find((edge) => edge.kind === 'parent-child')?.to ?? null
  return detailOf(
    row,
    { ...((await activityOf([id], reading)).get(id) ?? noActivity), labels, parent, standing, revision },
    { dependencies, dependents: touching.filter((edge) => edge.to === id), comments },
  )
}

/** The row of one bead, or `bead_not_found`. */
export async function readIssue(reading: Reading, id: string): Promise<IssueRow> {
  const [row] = await reading.rows<IssueRow>('SELECT * FROM issues WHERE id = ?', [id])
  if (row === undefined) throw new GembaError('bead_not_found', { bead: id.slice(0, 100) })
  return row
}

export async function readLabels(reading: Reading, id: string): Promise<string[]> {
  const rows = await reading.rows<LabelRow>('SELECT issue_id, label FROM labels WHERE issue_id = ? ORDER BY label', [
    id,
  ])
  return rows.map((row) => row.label)
}

/** The edges of every kind at one bead, both directions. */
export async function readEdgesAt(reading: Reading, shape: Shape, id: string): Promise<Edge[]> {
  const select = `SELECT issue_id AS \`from\`, ${shape.dependsOn} AS \`to\`, type AS kind FROM dependencies`
  const out = await reading.rows<Edge>(`${select} WHERE issue_id = ? ORDER BY 2`, [id])
  return [...out, ...(await reading.rows<Edge>(`${select} WHERE ${shape.dependsOn} = ? ORDER BY 1`, [id]))]
}

/** All edges that readiness looks at. */
async function readSchedule(reading: Reading, shape: Shape): Promise<ReadyEdge[]> {
  const where = 'WHERE type IN (?) ORDER BY issue_id'
  return reading.rows<ReadyEdge>(`${scheduleOf(shape)} ${where}`, [schedulingKinds])
}

/** The edges that readiness looks at, at these beads. Two selects: `OR` and `UNION` make Dolt read the whole table. */
async function readScheduleAt(reading: Reading, shape: Shape, ids: readonly string[]): Promise<ReadyEdge[]> {
  const out = await rowsByIds<ReadyEdge>(reading, ids, `${scheduleOf(shape)} WHERE issue_id IN (?)`)
  const into = await rowsByIds<ReadyEdge>(reading, ids, `${scheduleOf(shape)} WHERE ${shape.dependsOn} IN (?)`)
  return [...out, ...into].filter((edge) => schedulingKinds.includes(edge.kind))
}

function scheduleOf(shape: Shape): string {
  return `SELECT issue_id AS \`from\`, ${shape.dependsOn} AS \`to\`, type AS kind,
    IF(type = 'waits-for', JSON_UNQUOTE(JSON_EXTRACT(metadata, '$.gate')), NULL) AS gate FROM dependencies`
}

/** Beads whose assignee names a Gemba session, whatever their status. */
export async function heldBeads(reading: Reading): Promise<{ bead: string; session: string; status: string }[]> {
  const rows = await reading.rows<{ id: string; assignee: string; status: string }>(
    'SELECT id, assignee, status FROM issues WHERE assignee LIKE ? ORDER BY id',
    [`${holderOf('')}%`],
  )
  return rows.flatMap(({ id, assignee, status }) => {
    const session = sessionOfHolder(assignee)
    return session === undefined ? [] : [{ bead: id, session, status }]
  })
}

interface LabelRow {
  readonly issue_id: string
  readonly label: string
}

export interface CommentRow {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly created_at: string
}

async function readComments(reading: Reading, id: string): Promise<Comment[]> {
  const rows = await reading.rows<CommentRow>(
    'SELECT id, author, text, created_at FROM comments WHERE issue_id = ? ORDER BY created_at, id',
    [id],
  )
  return rows.map(commentOf)
}

export function commentOf(row: CommentRow): Comment {
  return { id: row.id, author: row.author, text: row.text, createdAt: isoTime(row.created_at) }
}

function summarise(
  rows: readonly LightRow[],
  from: {
    readonly shown: (id: string) => boolean
    readonly edges: readonly ReadyEdge[]
    readonly labels: ReadonlyMap<string, readonly string[]>
    readonly activity: ReadonlyMap<string, Activity>
    readonly revision: number
  },
): BeadSummary[] {
  const found = standings(rows.map(readyBead), from.edges, isoNow())
  const parents = new Map<string, string>()
  for (const edge of from.edges) {
    if (edge.kind === 'parent-child' && !parents.has(edge.from)) parents.set(edge.from, edge.to)
  }
  return rows
    .filter((row) => isListed(row) && from.shown(row.id))
    .map((row) =>
      summaryOf(row, {
        ...(from.activity.get(row.id) ?? noActivity),
        labels: from.labels.get(row.id) ?? [],
        parent: parents.get(row.id) ?? null,
        standing: found.get(row.id) ?? nothing,
        revision: from.revision,
      }),
    )
}

/** What a statement with `IN (?)` finds, so many ids at a time as one statement takes. */
export async function rowsByIds<T>(reading: Reading, ids: Iterable<string>, sql: string): Promise<T[]> {
  const found: T[] = []
  for (const some of chunks(ids)) found.push(...(await reading.rows<T>(sql, [some])))
  return found
}

async function activityByIds(reading: Reading, ids: Iterable<string>): Promise<ReadonlyMap<string, Activity>> {
  const found: (readonly [string, Activity])[] = []
  for (const some of chunks(ids)) found.push(...(await activityOf(some, reading)))
  return new Map(found)
}

function chunks(ids: Iterable<string>): string[][] {
  const all = [...ids]
  return Array.from({ length: Math.ceil(all.length / chunk) }, (_, at) => all.slice(at * chunk, (at + 1) * chunk))
}

function grouped(rows: readonly LabelRow[]): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>()
  for (const row of rows) {
    const list = labels.get(row.issue_id)
    if (list === undefined) labels.set(row.issue_id, [row.label])
    else list.push(row.label)
  }
  return labels
}
