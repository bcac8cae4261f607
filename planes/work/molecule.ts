import type { BeadDesk } from './bead-change.ts'
import { childrenOf, openOf } from './closable.ts'

const deepest = 50

/** Closes the molecule that the bead was the last open step of, as `bd close` does; ordinary epics stay open. */
export async function closeMolecule(desk: BeadDesk, session: string): Promise<void> {
  const root = await rootAbove(desk)
  if (root === undefined) return
  const { writing, now, events } = desk
  if ((await openOf(desk, await stepsOf(desk, root), ['closed'])).length > 0) return
  const reason = 'all steps complete'
  await writing.write(
    'issues',
    `UPDATE issues SET status = 'closed', closed_at = ?, updated_at = ?, close_reason = ?, closed_by_session = ? WHERE id = ?`,
    [now, now, reason, session, root],
  )
  await events.add(root, 'closed', { oldValue: '', newValue: reason })
}

/** The top of the bead's parents, when it is an open molecule made from a template. */
async function rootAbove(desk: BeadDesk): Promise<string | undefined> {
  let here = desk.row.id
  for (let depth = 0; depth < deepest; depth += 1) {
    const [parent] = await desk.writing.rows<{ id: string }>(
      "SELECT depends_on_id AS id FROM dependencies WHERE issue_id = ? AND type = 'parent-child'",
      [here],
    )
    if (parent === undefined) break
    here = parent.id
  }
  const [root] = await desk.writing.rows<{ id: string }>(
    `SELECT id FROM issues JOIN labels ON issue_id = id
     WHERE id = ? AND label = 'template' AND issue_type IN ('epic', 'molecule') AND status <> 'closed'`,
    [here],
  )
  return here === desk.row.id ? undefined : root?.id
}

async function stepsOf(desk: BeadDesk, root: string): Promise<string[]> {
  const steps = new Set<string>()
  for (let level = [root]; level.length > 0;) {
    level = (await childrenOf(desk, level)).filter((id) => !steps.has(id) && id !== root)
    for (const id of level) steps.add(id)
  }
  return [...steps]
}
