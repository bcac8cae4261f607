import { blockingKinds, type BeadDetail, type Edge } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { checkEdgeForm, checkOutsideTarget, edgeCircle, edgeRefused } from '../edges.ts'
import { isoNow, sqlTime } from '../time.ts'
import { requireAnswer, runWrite, changeBead, showBeads, type BdSource } from './bd-source.ts'
import type { Mirror } from './mirror.ts'

/** An edge to add; `type` is that of the bead that depends. */
type TypedEdge = Edge & { readonly type: string }

/** `from` comes to depend on `to`. The same edge again changes nothing. */
export function addBdDependency(source: BdSource, edge: Edge, write: Write): Promise<BeadDetail> {
  const operation = `add ${edge.kind} edge to ${edge.to} from`
  return changeBead(source, { operation, id: edge.from, write }, async (bead) => {
    await showBeads(source, [edge.to])
    const typed = { ...edge, type: bead.row.issue_type }
    if (!requireEdge(source, typed)) return undefined
    await addBdEdge(source, edge, actorName(write.actor))
    return { added: [{ ...edge, at: sqlTime(isoNow()) }] }
  })
}

/** `from` no longer depends on `to`. A missing edge is a success. */
export function removeBdDependency(source: BdSource, from: string, to: string, write: Write): Promise<BeadDetail> {
  return changeBead(source, { operation: `remove edge to ${to} from`, id: from, write }, async () => {
    if (kindBetween(source.sightings.mirror, from, to) === undefined) return undefined
    const actor = actorName(write.actor)
    await runWrite(source, ['dep', 'remove', '--json'], [from, to], { actor })
    return { removed: to }
  })
}

/** Has bd write an edge that was checked. */
export async function addBdEdge(source: BdSource, edge: Edge, actor: string): Promise<void> {
  const { from, to, kind } = edge
  // `bd dep add` refuses every edge to the bead that the id says is above, its parent's too.
  if (kind === 'parent-child') {
    requireAnswer(await runWrite(source, ['update', '--json', `--parent=${to}`], [from], { actor }), from)
  } else await runWrite(source, ['dep', 'add', '--json', `--type=${kind}`], [from, to], { actor })
}

/**
 * Checks an edge against all that are known, as bd does in part and Gemba does with every source. False when it is
 * there. The target was shown just before, so that the mirror knows whether it is there.
 */
export function requireEdge({ sightings: { mirror } }: BdSource, edge: TypedEdge): boolean {
  checkEdgeForm(edge)
  const existing = kindBetween(mirror, edge.from, edge.to)
  if (existing === edge.kind) return false
  if (existing !== undefined) {
    throw new GembaError('dependency_exists', { bead: edge.from, target: edge.to, type: existing })
  }
  requireTarget(mirror, edge)
  requireNoCircle(mirror, edge)
  return true
}

/** Refuses a parent that is not there, is below the bead, or the bead itself. Another parent may be there. */
export function requireParent({ sightings: { mirror } }: BdSource, id: string, parent: string): void {
  const edge = { from: id, to: parent, kind: 'parent-child' }
  checkEdgeForm(edge)
  if (mirror.get(parent) === undefined) throw new GembaError('bead_not_found', { bead: parent.slice(0, 100) })
  const existing = kindBetween(mirror, id, parent)
  if (existing !== undefined && existing !== 'parent-child') {
    throw new GembaError('dependency_exists', { bead: id, target: parent, type: existing })
  }
  requireNoCircle(mirror, edge)
}

function requireTarget(mirror: Mirror, edge: TypedEdge): void {
  if (edge.to.startsWith('external:') && edge.kind !== 'parent-child') return checkOutsideTarget(edge.to)
  const target = mirror.get(edge.to)
  if (target === undefined) throw new GembaError('bead_not_found', { bead: edge.to.slice(0, 100) })
  if (edge.kind === 'parent-child') {
    const other = mirror.get(edge.from)?.edges.find((each) => each.kind === 'parent-child')?.to
    if (other !== undefined)
      throw new GembaError('dependency_exists', { bead: edge.from, target: other, type: edge.kind })
  }
  if (edge.kind === 'blocks' && (target.row.issue_type === 'epic') !== (edge.type === 'epic')) {
    throw edgeRefused('an epic can only block another epic, and other work only other work')
  }
}

/** Nothing may wait for itself, and a child not for its parent, which waits for it in turn. */
function requireNoCircle(mirror: Mirror, edge: Edge): void {
  const blocking = blockingKinds.includes(edge.kind)
  if (!blocking && edge.kind !== 'parent-child') return
  const way = wayAlong(mirror, blocking ? blockingKinds : ['parent-child'], edge.to, edge.from)
  if (way !== undefined) throw edgeCircle([edge.from, ...way])
  const opposite = kindBetween(mirror, edge.to, edge.from)
  if (opposite === 'parent-child' || (!blocking && blockingKinds.includes(opposite ?? ''))) {
    throw edgeCircle([edge.from, edge.to, edge.from])
  }
  if (blocking && wayAlong(mirror, ['parent-child'], edge.from, edge.to) !== undefined) {
    throw edgeRefused(`${edge.from} is below ${edge.to}, which is only done when it is done`)
  }
}

/** The beads on a way along edges of the kinds, or undefined when there is none. */
function wayAlong(mirror: Mirror, kinds: readonly string[], start: string, end: string): string[] | undefined {
  const cameFrom = new Map<string, string | null>([[start, null]])
  for (const here of cameFrom.keys()) {
    if (here === end) break
    for (const { to, kind } of mirror.get(here)?.edges ?? []) {
      if (kinds.includes(kind) && !cameFrom.has(to)) cameFrom.set(to, here)
    }
  }
  if (!cameFrom.has(end)) return undefined
  const way: string[] = []
  for (let here: string | null = end; here !== null; here = cameFrom.get(here) ?? null) way.unshift(here)
  return way
}

function kindBetween(mirror: Mirror, from: string, to: string): string | undefined {
  return mirror.get(from)?.edges.find((edge) => edge.to === to)?.kind
}
