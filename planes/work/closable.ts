import { wrapperTypes } from '../../model/bead.ts'
import type { BeadDesk } from './bead-change.ts'
import { closeRefusal } from './close-refusal.ts'
import type { IssueRow } from './rows.ts'

/**
 * Fails with `bead_close_refused` where `bd close` would: while the bead is pinned, an unmet gate, held by something
 * open or a wrapper of open children, wisps too.
 */
export async function requireClosable(desk: BeadDesk): Promise<void> {
  const { id, status, issue_type: type } = desk.row
  if (status === 'pinned') throw closeRefusal.pinned(id)
  const unmet = gateProblem(desk.row, desk.now)
  if (unmet !== undefined) throw closeRefusal.gate(id, unmet)
  const held = await blockersOf(desk)
  if (held.length > 0) throw closeRefusal.held(id, held)
  if (!wrapperTypes.includes(type)) return
  const children = await openOf(desk, await childrenOf(desk, [id]), ['closed'])
  if (children.length > 0) throw closeRefusal.openChildren(id, children)
}

/** Children by edges, wisps too. */
export async function childrenOf(desk: BeadDesk, ids: readonly string[]): Promise<string[]> {
  const select = (table: string): string =>
    `SELECT issue_id AS id FROM ${table} WHERE depends_on_id IN (?) AND type = 'parent-child'`
  const tables = ['dependencies', 'wisp_dependencies']
  const rows = await Promise.all(tables.map((table) => desk.writing.rows<{ id: string }>(select(table), [ids])))
  return rows.flat().map((row) => row.id)
}

/** Those of `ids` that are there and in none of the states. */
export async function openOf(desk: BeadDesk, ids: readonly string[], done: readonly string[]): Promise<string[]> {
  return [...(await openIn(desk, 'issues', ids, done)), ...(await openIn(desk, 'wisps', ids, done))]
}

async function openIn(
  desk: BeadDesk,
  plane: 'issues' | 'wisps',
  ids: readonly string[],
  done: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await desk.writing.rows<{ id: string; status: string }>(
    `SELECT id, status FROM ${plane} WHERE id IN (?) ORDER BY id`,
    [ids],
  )
  return rows.filter((row) => !done.includes(row.status)).map((row) => row.id)
}

/** As `bd close` counts on a server: open beads, and those whose open children the bead waits for; no wisps. */
async function blockersOf(desk: BeadDesk): Promise<string[]> {
  const edges = await desk.writing.rows<{ to: string; kind: string; gate: string | null }>(
    `SELECT depends_on_id AS \`to\`, type AS kind, JSON_UNQUOTE(JSON_EXTRACT(metadata, '$.gate')) AS gate
     FROM dependencies WHERE issue_id = ? AND type IN ('blocks', 'conditional-blocks', 'waits-for')`,
    [desk.row.id],
  )
  const open = new Set(
    await openIn(
      desk,
      'issues',
      edges.map((edge) => edge.to),
      ['closed', 'pinned'],
    ),
  )
  const held: string[] = []
  for (const { to, kind, gate } of edges) {
    if (open.has(to) && (kind !== 'waits-for' || (await isAwaited(desk, to, gate)))) held.push(to)
  }
  return held.sort()
}

async function isAwaited(desk: BeadDesk, spawner: string, gate: string | null): Promise<boolean> {
  const children = await childrenOf(desk, [spawner])
  const unclosed = await openOf(desk, children, ['closed'])
  if (gate === 'any-children' && unclosed.length < children.length) return false
  return (await openOf(desk, unclosed, ['closed', 'pinned'])).length > 0
}

/** Why a gate that a program decides is not to be closed by hand; GitHub's are asked by `bd gate check` alone. */
function gateProblem(row: IssueRow, now: string): string | undefined {
  if (row.issue_type !== 'gate') return undefined
  const type = row.await_type ?? ''
  if (/^(gh:pr|gh:run|bead)/.test(type)) return `it is a gate that waits for ${type} ${row.await_id ?? ''}`.trimEnd()
  if (type !== 'timer' || !row.timeout_ns) return undefined
  const ends = Date.parse(`${row.created_at.replace(' ', 'T')}Z`) + row.timeout_ns / 1e6
  return Date.parse(`${now.replace(' ', 'T')}Z`) > ends ? undefined : 'it is a gate whose time is not over'
}
