import { getExternalWorkflowHandle } from '@temporalio/workflow'
import { system } from '../model/actor.ts'
import type { CloseReason } from '../model/session.ts'
import { dispatchWorkflowId, seatLeft, type SeatLeft } from '../temporal/contracts/dispatch.ts'
import { failureOf } from './failure.ts'
import type { SessionContext } from './session-context.ts'
import { settle } from './session-questions.ts'

export interface Ending {
  readonly reason: CloseReason
  readonly note: string
  readonly left: SeatLeft['outcome']
  /** There is no pane to end. */
  readonly noPane?: boolean
  readonly removeWorktree?: boolean
  /** The bead is closed, or somebody else's: nothing to give back. */
  readonly keepBead?: boolean
}

/** Ends the pane, gives the bead back unless it is closed, settles what is open, says so, and frees the seat. */
export async function finish(context: SessionContext, ending: Ending): Promise<void> {
  const { state } = context
  context.setPhase('ending')
  context.show({ note: ending.note })
  if (ending.noPane !== true) await endPane(context, ending)
  if (state.claimed && ending.keepBead !== true) await giveBack(context, ending.note)
  for (const question of state.questions) await settle(context, question.escalation, 'moot', 'The session has ended.')
  context.setPhase('over')
  const well = ending.reason === 'bead_done' || ending.reason === 'user_stop'
  const endedAt = new Date().toISOString()
  context.show({ status: well ? 'completed' : 'failed', note: ending.note, closeReason: ending.reason, endedAt })
  const { project, id, bead } = state.view
  await getExternalWorkflowHandle(dispatchWorkflowId(project))
    .signal(seatLeft, { session: id, bead, outcome: ending.left, why: ending.note })
    .catch(() => undefined)
}

async function endPane(context: SessionContext, ending: Ending): Promise<void> {
  const { view, timing } = context.state
  const ended = await context.patient
    .endPane({
      session: view.id,
      fence: view.fence,
      repository: view.repository,
      bead: view.bead,
      graceMs: timing.endGrace,
      removeWorktree: ending.removeWorktree === true,
    })
    .catch(failureOf)
  // A try whose answer was lost may have removed it before.
  if ('worktree' in ended && ended.worktree !== 'kept') context.show({ worktree: null })
}

async function giveBack({ state, server, publisher }: SessionContext, why: string): Promise<void> {
  const { id, bead } = state.view
  const actor = state.endRequest?.actor ?? system
  const released = await server.releaseBead({ bead, session: id, actor, key: `${id}-release` }).catch(failureOf)
  if (released === true) publisher.changed({ kind: 'bead.released', bead, session: id, why }, actor)
}
