import { blockingKinds, sessionOfHolder, wrapperTypes, type BeadDetail } from '../../../model/bead.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName, requireNoTemplate } from '../bead-change.ts'
import { closeRefusal } from '../close-refusal.ts'
import { checkText } from '../fields.ts'
import type { BdEdge, ShownBead } from './bd-bead.ts'
import { changeBead, requireAnswer, runWrite, type BdSource } from './bd-source.ts'

interface Closing {
  readonly reason: string
  readonly session?: string
  readonly force?: boolean
}

/** Closes a bead; one that is closed already stays as it is, where bd would replace its reason. */
export function closeBdBead(source: BdSource, id: string, options: Closing, write: Write): Promise<BeadDetail> {
  const reason = checkText('reason', options.reason)
  return changeBead(source, { operation: 'close', id, write }, async (bead) => {
    if (bead.row.status === 'closed') return undefined
    requireNoTemplate(bead.row)
    if (options.force !== true) requireBdClosable(bead)
    await closeShown(source, id, { ...options, reason, actor: actorName(write.actor) })
    return undefined
  })
}

/** Opens a bead again: no longer deferred, without a close reason, and nobody's when a session held it. */
export function reopenBdBead(
  source: BdSource,
  id: string,
  options: { readonly reason: string },
  write: Write,
): Promise<BeadDetail> {
  const reason = checkText('reason', options.reason)
  return changeBead(source, { operation: 'reopen', id, write }, async ({ row }) => {
    if (row.status === 'open') return undefined
    const actor = actorName(write.actor)
    const why = reason === '' ? [] : [`--reason=${reason}`]
    requireAnswer(await runWrite(source, ['reopen', '--json', ...why], [id], { actor }), id)
    if (row.status === 'closed' && sessionOfHolder(row.assignee) !== undefined) {
      await runWrite(source, ['update', '--json', '--assignee='], [id], { actor })
    }
    return undefined
  })
}

/** Has bd close a bead. It looks at gates, and at what a bead waits for, by itself. */
export async function closeShown(
  source: BdSource,
  id: string,
  { reason, session = '', force, actor }: Closing & { readonly actor: string },
): Promise<void> {
  const flags = [
    // The releases 1.0.2 and 1.0.3 read no reason from a file.
    ...(reason === '' ? [] : [`--reason=${reason}`]),
    ...(session === '' ? [] : [`--session=${session.slice(0, 255)}`]),
    ...(force === true ? ['--force'] : []),
  ]
  requireAnswer(await runWrite(source, ['close', '--json', ...flags], [id], { actor }), id)
}

/** Refuses with `bead_close_refused` what bd refuses, also as an edit of the status, and wrappers of open children. */
export function requireBdClosable(bead: ShownBead): void {
  const { id, status, issue_type: type } = bead.row
  if (status === 'pinned') throw closeRefusal.pinned(id)
  const statuses = new Map(bead.targets.map((row) => [row.id, row.status]))
  const holds = ({ to, kind }: BdEdge): boolean => {
    const there = statuses.get(to)
    return blockingKinds.includes(kind) && kind !== 'waits-for' && there !== undefined && isOpen(there)
  }
  const held = bead.edges.filter(holds).map((edge) => edge.to)
  if (held.length > 0) throw closeRefusal.held(id, held)
  if (!wrapperTypes.includes(type)) return
  const below = bead.dependents.filter((each) => each.kind === 'parent-child')
  const children = below.flatMap(({ row }) => (row.status === 'closed' ? [] : [row.id]))
  if (children.length > 0) throw closeRefusal.openChildren(id, children)
}

function isOpen(status: string): boolean {
  return status !== 'closed' && status !== 'pinned'
}
