import { GembaError } from '../../../model/error.ts'
import type { ClaimResult, Write } from '../../../model/work-plane.ts'
import { actorName, requireNoTemplate } from '../bead-change.ts'
import type { IssueRow } from '../rows.ts'
import {
  detailFrom,
  oneWrite,
  requireAnswer,
  requireMatch,
  runWrite,
  showBead,
  type BdSource,
  type SeenBead,
} from './bd-source.ts'

/**
 * Has bd claim a bead in the name of the holder: its compare-and-set is also right against other programs. The event
 * row carries the holder, as bd knows no other name.
 */
export function claimBdBead(source: BdSource, id: string, holder: string, write: Write): Promise<ClaimResult> {
  if (holder === '' || holder.length > 255 || /\p{Cc}/u.test(holder)) {
    throw new GembaError('bead_invalid', { why: 'holder is not a name' })
  }
  return oneWrite<ClaimResult>(source, { operation: 'claim', id, write }, async (seen, begin) => {
    const bead = await showBead(source, id)
    const unchanged = { id, answer: () => Promise.resolve(answer(source, bead, holder)) }
    if (seen.state === 'done') return unchanged
    requireMatch(source, id, write.ifMatch)
    if (!isClaimable(bead.row, holder)) return unchanged
    requireNoTemplate(bead.row)
    begin()
    await claim(source, id, holder)
    return { id, answer: async () => answer(source, await showBead(source, id), holder) }
  })
}

/** Gives a bead back when it is still ours. Against other programs that look is all that guards it. */
export function releaseBdBead(source: BdSource, id: string, holder: string, write: Write): Promise<boolean> {
  return oneWrite(source, { operation: 'release', id, write }, async (seen, begin) => {
    if (seen.state === 'done') return { id, answer: () => Promise.resolve(true) }
    const { row } = await showBead(source, id)
    requireMatch(source, id, write.ifMatch)
    const ours = row.assignee === holder && row.status !== 'closed'
    if (!ours) return { id, answer: () => Promise.resolve(seen.state === 'begun' && row.assignee === '') }
    begin()
    const worked = row.status === 'in_progress' || row.status === 'hooked'
    const flags = ['update', '--json', '--assignee=', ...(worked ? ['--status=open'] : [])]
    requireAnswer(await runWrite(source, flags, [id], { actor: actorName(write.actor) }), id)
    await showBead(source, id)
    return { id, answer: () => Promise.resolve(true) }
  })
}

/** Somebody else may have been first; what the bead is then says who. */
async function claim(source: BdSource, id: string, holder: string): Promise<void> {
  try {
    requireAnswer(await runWrite(source, ['update', '--json', '--claim'], [id], { actor: holder }), id)
  } catch (error) {
    if (!(error instanceof GembaError) || error.code !== 'bead_already_claimed') throw error
  }
}

function answer(source: BdSource, bead: SeenBead, holder: string): ClaimResult {
  const { row } = bead
  if (isOurs(row, holder)) return { claimed: true, bead: detailFrom(source, bead) }
  return { claimed: false, holder: row.assignee === '' ? null : row.assignee, status: row.status }
}

function isOurs(row: IssueRow, holder: string): boolean {
  return row.assignee === holder && ['in_progress', 'hooked'].includes(row.status)
}

function isClaimable(row: IssueRow, holder: string): boolean {
  return row.status === 'open' && (row.assignee === '' || row.assignee === holder)
}
