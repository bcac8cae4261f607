import { GembaError } from '../../../model/error.ts'
import type { EndedPane, EndPane } from '../../../model/orchestration-plane.ts'
import { isAlive } from '../../../runtime/process-identity.ts'
import { endFamily } from '../../process-family.ts'
import { untilTrue } from '../../until-true.ts'
import { isLiving, panesOf } from './living-panes.ts'
import { isPaneAlive, isShown, markerOf, type NativeContext } from './native-context.ts'
import { newRecord, type SessionRecord } from './session-record.ts'

const hangUpMs = 1_000

/**
 * Ends a session on this host; afterwards no start of the same or an earlier attempt can bring it back. What is to be
 * ended only with its work integrated is left alone otherwise.
 */
export async function endPane(context: NativeContext, request: EndPane): Promise<EndedPane> {
  const { session, fence, bead, repository } = request
  const record = context.store.read(session)
  if (record !== undefined && fence < record.fence) throw new GembaError('fence_stale', { session })
  if (request.onlyIntegrated === true && record !== undefined && (await holdsWork(context, record))) {
    return { how: 'refused', worktree: 'kept', note: 'Its work is not integrated.' }
  }
  const how = record === undefined ? 'absent' : await endProgram(context, request, record)
  const known = record ?? newRecord({ session, fence, state: 'ended', bead, repository, hooks: 'none', quit: '' })
  context.store.write({ ...known, fence, state: 'ended' })
  context.folds.delete(session)
  if (!request.removeWorktree) return { how, worktree: 'kept', note: '' }
  return { how, ...(await removeWorktree(context, request)) }
}

/** The pane has ended: a repository that can not be worked with is a reason to keep the worktree, not to fail. */
async function removeWorktree({ definitions, repositories }: NativeContext, { repository, bead }: EndPane) {
  try {
    return await repositories.removeWorktree({ repository: definitions.repository(repository), bead })
  } catch (error) {
    if (!(error instanceof GembaError)) throw error
    return { worktree: 'kept' as const, note: `The worktree was kept: ${error.message}` }
  }
}

/** Whether an agent lives whose work is not integrated at this moment. */
async function holdsWork(context: NativeContext, record: SessionRecord): Promise<boolean> {
  if (!(await isLiving(context, record))) return false
  try {
    const repository = context.definitions.repository(record.repository)
    return !(await context.repositories.isIntegrated({ repository, bead: record.bead }))
  } catch {
    // A repository that can not be asked holds work that nobody has seen integrated.
    return true
  }
}

async function endProgram(context: NativeContext, request: EndPane, record: SessionRecord): Promise<EndedPane['how']> {
  const { session } = request
  let how: EndedPane['how'] = 'absent'
  for (const pane of await panesOf(context, record)) {
    if (isAlive(pane.process)) {
      const typed = record.quit !== '' && isPaneAlive(pane) && isShown(context, pane)
      // A terminal that can not be typed into is no reason to let its program live.
      if (typed) await context.terminals.type(pane, record.quit).catch(() => undefined)
      how = (await untilTrue(() => !isAlive(pane.process), typed ? request.graceMs : 0)) ? 'quit' : 'killed'
    }
    if (!(await endFamily(pane.process, markerOf(context, session), hangUpMs))) {
      throw new GembaError('internal', { why: `the agent of session ${session} could not be killed` })
    }
    if (isShown(context, pane)) await context.terminals.close(pane)
  }
  return how
}
