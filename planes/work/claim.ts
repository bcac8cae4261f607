import { GembaError } from '../../model/error.ts'
import type { ClaimResult, Write } from '../../model/work-plane.ts'
import { answerChange, requireNoTemplate, type BeadDesk, type Source } from './bead-change.ts'
import { readBead } from './reads.ts'
import { writeRow } from './row-write.ts'

/**
 * The one arbiter of who works on a bead: open and nobody's, or ours already, becomes in_progress and ours. Does not
 * look at blockers. Also right against `bd` and `gt`, which claim by the same comparison.
 */
export function claimBead(source: Source, id: string, holder: string, write: Write): Promise<ClaimResult> {
  if (holder === '' || holder.length > 255) throw new GembaError('bead_invalid', { why: 'holder is not a name' })
  const change = { operation: 'claim', id, write }
  return answerChange<ClaimResult, ClaimResult | undefined>(source, change, {
    body: (desk) => claimRow(desk, holder),
    answer: async (writing, revision, refusal) => {
      if (typeof refusal === 'object') return refusal
      const bead = await readBead(writing, source.shape, id, revision)
      if (refusal !== 'repeated' || bead.assignee === holder) return { claimed: true, bead }
      return { claimed: false, holder: bead.assignee, status: bead.status }
    },
  })
}

/** Gives a bead back when it is still ours: what was being worked is open again. */
export function releaseBead(source: Source, id: string, holder: string, write: Write): Promise<boolean> {
  return answerChange<boolean, boolean>(
    source,
    { operation: 'release', id, write },
    {
      body: async (desk) => {
        if (desk.row.assignee !== holder || desk.row.status === 'closed') return false
        const worked = desk.row.status === 'in_progress' || desk.row.status === 'hooked'
        await writeRow(desk, { assignee: null, ...(worked ? { status: 'open' } : {}) }, undefined)
        return true
      },
      answer: (_writing, _revision, result) => Promise.resolve(result === 'repeated' || result),
    },
  )
}

/** Undefined when the bead is ours now. */
async function claimRow(desk: BeadDesk, holder: string): Promise<ClaimResult | undefined> {
  const assignee = desk.row.assignee === '' ? null : desk.row.assignee
  if (assignee === holder && ['in_progress', 'hooked'].includes(desk.row.status)) return undefined
  if (desk.row.status !== 'open' || (assignee !== null && assignee !== holder)) {
    return { claimed: false, holder: assignee, status: desk.row.status }
  }
  requireNoTemplate(desk.row)
  await writeRow(desk, { assignee: holder, status: 'in_progress' }, 'claimed')
  return undefined
}
