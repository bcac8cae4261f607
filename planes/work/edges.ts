import { blockingKinds, type BeadDetail, type Edge } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Write } from '../../model/work-plane.ts'
import { changeBead, edgeLock, type Desk, type Source } from './bead-change.ts'
import { takenIds } from './ids.ts'

/** `from` comes to depend on `to`. The same edge again changes nothing, as with bd. */
export function addDependency(source: Source, edge: Edge, write: Write): Promise<BeadDetail> {
  const change = {
    operation: `add ${edge.kind} edge to ${edge.to} from`,
    id: edge.from,
    write,
    locks: [edgeLock],
    silent: true,
  }
  return changeBead(source, change, async (desk) => {
    await insertEdge(desk, { ...edge, type: desk.row.issue_type })
  })
}

/** `from` no longer depends on `to`. A missing edge is a success, as with bd. */
export function removeDependency(source: Source, from: string, to: string, write: Write): Promise<BeadDetail> {
  const change = { operation: `remove edge to ${to} from`, id: from, write, silent: true }
  return changeBead(source, change, async ({ writing }) => {
    await writing.write('dependencies', 'DELETE FROM dependencies WHERE issue_id = ? AND depends_on_id = ?', [from, to])
  })
}

/** Makes `parent` the one parent of a bead, or leaves it without. */
export async function setParent(desk: Desk, bead: { id: string; type: string }, parent: string | null): Promise<void> {
  const others = await parentsOf(desk, bead.id)
  for (const other of others.filter((each) => each !== parent)) {
    await desk.writing.write(
      'dependencies',
      "DELETE FROM dependencies WHERE issue_id = ? AND depends_on_id = ? AND type = 'parent-child'",
      [bead.id, other],
    )
  }
  if (parent !== null) await insertEdge(desk, { from: bead.id, to: parent, kind: 'parent-child', type: bead.type })
}

/** Checks an edge as bd does in its code, and writes it. `type` is that of `from`. Writes no event row, as bd does not. */
export async function insertEdge(desk: Desk, edge: Edge & { readonly type: string }): Promise<void> {
  checkEdgeForm(edge)
  const existing = await kindBetween(desk, edge.from, edge.to)
  if (existing === edge.kind) return
  if (existing !== undefined) {
    throw new GembaError('dependency_exists', { bead: edge.from, target: edge.to, type: existing })
  }
  await checkTarget(desk, edge)
  await checkCircle(desk, edge)
  await desk.writing.write(
    'dependencies',
    `INSERT INTO dependencies (issue_id, depends_on_id, type, created_at, created_by, metadata, thread_id)
     VALUES (?, ?, ?, ?, ?, '{}', '')`,
    [edge.from, edge.to, edge.kind, desk.now, desk.actor],
  )
}

/** Refuses with `dependency_invalid` an edge that no database takes. */
export function checkEdgeForm(edge: Edge): void {
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(edge.kind)) throw edgeRefused('the kind must be a short lower-case word')
  if (edge.to === '' || edge.to.length > 255) throw edgeRefused('the other bead has no id')
  if (edge.from === edge.to) throw edgeRefused(`${edge.from} can not depend on itself`)
}

async function checkTarget(desk: Desk, edge: Edge & { readonly type: string }): Promise<void> {
  if (edge.to.startsWith('external:') && edge.kind !== 'parent-child') return checkOutsideTarget(edge.to)
  if (!(await takenIds(desk.writing, [edge.to])).has(edge.to)) {
    throw new GembaError('bead_not_found', { bead: edge.to.slice(0, 100) })
  }
  if (edge.kind === 'parent-child') {
    const [other] = await parentsOf(desk, edge.from)
    if (other !== undefined) {
      throw new GembaError('dependency_exists', { bead: edge.from, target: other, type: edge.kind })
    }
  }
  if (edge.kind !== 'blocks') return
  const [target] = await desk.writing.rows<{ type: string }>('SELECT issue_type AS type FROM issues WHERE id = ?', [
    edge.to,
  ])
  if (target !== undefined && (target.type === 'epic') !== (edge.type === 'epic')) {
    throw edgeRefused('an epic can only block another epic, and other work only other work')
  }
}

/** Refuses with `dependency_invalid` a name that is none of a thing outside the database. */
export function checkOutsideTarget(target: string): void {
  if (/^external:[^:\s]+:\S+$/.test(target)) return
  throw edgeRefused('a target outside this database is named external:<project>:<capability>')
}

/** Nothing may wait for itself, and a child not for its parent, which waits for it in turn. */
async function checkCircle(desk: Desk, edge: Edge): Promise<void> {
  const blocking = blockingKinds.includes(edge.kind)
  if (!blocking && edge.kind !== 'parent-child') return
  const way = await wayAlong(desk, blocking ? blockingKinds : ['parent-child'], edge.to, edge.from)
  if (way !== undefined) throw edgeCircle([edge.from, ...way])
  const opposite = await kindBetween(desk, edge.to, edge.from)
  if (opposite === 'parent-child' || (!blocking && blockingKinds.includes(opposite ?? ''))) {
    throw edgeCircle([edge.from, edge.to, edge.from])
  }
  if (blocking && (await wayAlong(desk, ['parent-child'], edge.from, edge.to)) !== undefined) {
    throw edgeRefused(`${edge.from} is below ${edge.to}, which is only done when it is done`)
  }
}

/** The beads on a way from `start` to `end` along edges of the kinds, or undefined when there is none. */
async function wayAlong(
  desk: Desk,
  kinds: readonly string[],
  start: string,
  end: string,
): Promise<string[] | undefined> {
  const cameFrom = new Map<string, string | null>([[start, null]])
  for (let here = [start]; here.length > 0 && !cameFrom.has(end);) {
    const select = (table: string): string =>
      `SELECT issue_id AS \`from\`, depends_on_id AS \`to\`, type AS kind FROM ${table} WHERE issue_id IN (?)`
    const beads = await desk.writing.rows<Edge>(select('dependencies'), [here])
    const rows = [...beads, ...(await desk.writing.rows<Edge>(select('wisp_dependencies'), [here]))]
    const fresh = rows.filter((edge) => kinds.includes(edge.kind) && !cameFrom.has(edge.to))
    for (const edge of fresh) cameFrom.set(edge.to, edge.from)
    here = [...new Set(fresh.map((edge) => edge.to))]
  }
  return cameFrom.has(end) ? wayBack(cameFrom, end) : undefined
}

function wayBack(cameFrom: ReadonlyMap<string, string | null>, end: string): string[] {
  const way: string[] = []
  for (let here: string | null = end; here !== null; here = cameFrom.get(here) ?? null) way.unshift(here)
  return way
}

export function edgeCircle(way: readonly string[]): GembaError {
  return new GembaError('dependency_cycle', { path: way.join(' → ') })
}

async function kindBetween(desk: Desk, from: string, to: string): Promise<string | undefined> {
  const [row] = await desk.writing.rows<{ kind: string }>(
    'SELECT type AS kind FROM dependencies WHERE issue_id = ? AND depends_on_id = ?',
    [from, to],
  )
  return row?.kind
}

async function parentsOf(desk: Desk, id: string): Promise<string[]> {
  const rows = await desk.writing.rows<{ id: string }>(
    "SELECT depends_on_id AS id FROM dependencies WHERE issue_id = ? AND type = 'parent-child'",
    [id],
  )
  return rows.map((row) => row.id)
}

export function edgeRefused(why: string): GembaError {
  return new GembaError('dependency_invalid', { why })
}
