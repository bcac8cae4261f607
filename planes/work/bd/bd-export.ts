import type { ExportFormat } from '../../../model/exchange.ts'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../../model/json.ts'
import { columnLines } from '../export/column-lines.ts'
import type { CommentRow, EdgeRow, Hanging } from '../export/hanging.ts'
import { isSecret } from '../export/settings.ts'
import { sqlTime } from '../time.ts'
import { exportedBead } from './bd-bead.ts'
import { exportedIssues } from './bd-output.ts'
import type { BdSource } from './bd-source.ts'

/** Milliseconds that bd may take. */
const exportMs = 120_000
/** Lines that are written at once. */
const page = 200

/**
 * Writes what `bd export` tells, in the order of ids: all beads but wisps, which never leave their database, and in bd's
 * own form the memories whose names do not sound like secrets. One run of bd, so all is of one moment.
 */
export async function exportThroughBd(
  source: BdSource,
  format: ExportFormat,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const [told, { wispTypes }] = await Promise.all([
    source.bd.run(['export', '--all'], [], { timeout: exportMs }),
    source.words(),
  ])
  const lines = told.split('\n')
  const beads = exportedIssues(lines)
    .filter((issue) => !isWisp(issue, wispTypes))
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
  const all =
    format === 'bd'
      ? [...beads, ...memoriesIn(lines)]
      : beads.flatMap((issue) => columnLines(exportedBead(issue).row, hangingOn(issue)))
  for (let start = 0; start < all.length; start += page) {
    await write(
      all
        .slice(start, start + page)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    )
  }
  return all.length
}

function isWisp(issue: JsonObject, wispTypes: readonly string[]): boolean {
  return issue['ephemeral'] === true || issue['no_history'] === true || wispTypes.includes(String(issue['issue_type']))
}

function memoriesIn(lines: readonly string[]): object[] {
  return lines.flatMap((line) => {
    const record = parseJsonObject(line)
    if (record?.['_type'] !== 'memory' || isSecret(String(record['key']))) return []
    return [record]
  })
}

/** What hangs on one bead, as rows of its tables. */
function hangingOn(issue: JsonObject): Hanging {
  const { labels, comments } = exportedBead(issue)
  const id = String(issue['id'])
  return {
    labels: () => labels,
    edges: () => listOf(issue['dependencies']).map((edge) => edgeOf(id, edge)),
    comments: () =>
      comments.map(({ createdAt, ...said }): CommentRow => ({ ...said, issue_id: id, created_at: sqlTime(createdAt) })),
    dependents: () => 0,
  }
}

function edgeOf(issue_id: string, edge: JsonObject): EdgeRow {
  const text = (name: string): string => (typeof edge[name] === 'string' ? edge[name] : '')
  return {
    issue_id,
    depends_on_id: text('depends_on_id'),
    type: text('type'),
    created_at: sqlTime(text('created_at')),
    created_by: text('created_by'),
    metadata: text('metadata') || '{}',
    thread_id: text('thread_id'),
  }
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
