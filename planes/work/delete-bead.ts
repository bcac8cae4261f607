import { limits } from '../../model/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { answerChange, type BeadDesk, type Source } from './bead-change.ts'
import { readIssue } from './reads.ts'
import type { IssueRow } from './rows.ts'

const texts = ['description', 'notes', 'design', 'acceptance_criteria'] as const

/**
 * Deletes a bead with its rows, its events and the edges from others to it, whose texts then say `[deleted:<id>]`, as
 * with bd. The number of a deleted child is not given out again. A repeat with the same key succeeds, another delete
 * is `bead_not_found`.
 */
export async function deleteBead(source: Source, id: string, write: Write): Promise<void> {
  const change = { operation: 'delete', id, write, silent: true }
  await answerChange(source, change, { body: remove, answer: () => Promise.resolve() })
}

async function remove(desk: BeadDesk): Promise<void> {
  const { writing } = desk
  const { id } = desk.row
  await markMentions(desk)
  await writing.write('dependencies', 'DELETE FROM dependencies WHERE issue_id = ? OR depends_on_id = ?', [id, id])
  // Wisps are never committed.
  await writing.rows('DELETE FROM wisp_dependencies WHERE depends_on_id = ?', [id])
  for (const table of ['events', 'comments', 'labels', 'issue_snapshots', 'compaction_snapshots']) {
    await writing.write(table, `DELETE FROM ${table} WHERE issue_id = ?`, [id])
  }
  await writing.write('issues', 'DELETE FROM issues WHERE id = ?', [id])
}

/** In the texts of beads at the other end of an edge. bd writes no event row for that. */
async function markMentions(desk: BeadDesk): Promise<void> {
  const { writing, now } = desk
  const { id } = desk.row
  const edges = await writing.rows<{ one: string; other: string }>(
    'SELECT issue_id AS one, depends_on_id AS other FROM dependencies WHERE issue_id = ? OR depends_on_id = ?',
    [id, id],
  )
  for (const bead of new Set(edges.flatMap((edge) => [edge.one, edge.other]))) {
    if (bead === id) continue
    const row = await readIssue(writing, bead).catch(() => undefined)
    const marked = row === undefined ? [] : mentionsIn(row, id)
    if (marked.length === 0) continue
    const sets = marked.map(([column]) => `${column} = ?`).join(', ')
    const values = [...marked.map(([, text]) => text), now, bead]
    await writing.write('issues', `UPDATE issues SET ${sets}, updated_at = ? WHERE id = ?`, values)
  }
}

/** The columns that mention the id, with their new texts; one that would no longer fit stays. */
function mentionsIn(row: IssueRow, id: string): (readonly [string, string])[] {
  const escaped = id.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const mention = new RegExp(`(^|[^A-Za-z0-9_-])(${escaped})($|[^A-Za-z0-9_-])`, 'g')
  return texts.flatMap((column) => {
    const text = row[column].replace(mention, (_all, before: string, _id: string, after: string) => {
      return `${before}[deleted:${id}]${after}`
    })
    return text === row[column] || Buffer.byteLength(text) > limits.text ? [] : [[column, text] as const]
  })
}
