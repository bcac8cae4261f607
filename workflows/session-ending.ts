import { getExternalWorkflowHandle } from '@temporalio/workflow'
import { system } from '../model/actor.ts'
import { dispatchWorkflowId, seatLeft } from '../temporal/contracts/dispatch.ts'
import type { Ending } from '../temporal/contracts/session.ts'
import { failureOf } from './failure.ts'
import { revised } from './revised.ts'
import type { SessionContext } from './session-context.ts'
import { settle } from './session-questions.ts'

/** Ends the pane, gives the bead back unless it is closed, settles what is open, says so, and frees the seat. */
export async function finish(context: SessionContext, ending: Ending): Promise<void> {
  const { state } = context
  state.ending = ending
  context.setPhase('ending')
  context.show({ note: ending.note })
  const left = ending.noPane === true ? '' : await endPane(context, ending)
  if (state.claimed && ending.keepBead !== true && !isIn(state)) await giveBack(context, ending.note)
  for (const question of state.questions) await settle(context, question.escalation, 'moot', 'The session has ended.')
  context.setPhase('over')
  const well = ending.reason === 'bead_done' || ending.reason === 'user_stop'
  const endedAt = new Date().toISOString()
  const untold = state.says.length === 0 ? '' : `It ended before it heard what people said last (${state.says.length}).`
  const note = [ending.note, left, untold].filter((text) => text !== '').join(' ')
  context.show({ status: well ? 'completed' : 'failed', note, closeReason: ending.reason, endedAt })
  const { project, id, bead } = state.view
  await getExternalWorkflowHandle(dispatchWorkflowId(project))
    .signal(seatLeft, { session: id, bead, outcome: ending.left, why: ending.note })
    .catch(() => undefined)
}

/** How a session ends whose host was given up before it was to end. */
export function givenUp({ state }: SessionContext): Ending {
  return { reason: 'user_stop', note: `Ended by ${state.left?.by ?? 'gemba'}.`, left: 'ended' }
}

/** Work that is in is not given back to be done again: reconciliation closes its bead once Beads takes that. */
function isIn({ view }: SessionContext['state']): boolean {
  return view.integratedAs !== null && revised()
}

/** What people have to know of the pane: that it was left to a host that they gave up, or why its worktree stays. */
async function endPane(context: SessionContext, ending: Ending): Promise<string> {
  const { view, timing, left, hostAway } = context.state
  const toHost = `Host ${view.host} did not answer; the pane was left to it.`
  if (left !== null && hostAway) return toHost
  const request = {
    session: view.id,
    fence: view.fence,
    repository: view.repository,
    bead: view.bead,
    graceMs: timing.endGrace,
    removeWorktree: ending.removeWorktree === true,
  }
  const ended = await context.onHost('end', () => context.patient.endPane(request)).catch(failureOf)
  if (ended === undefined) return toHost
  if (!('worktree' in ended)) return ''
  // A try whose answer was lost may have removed it before.
  if (ended.worktree !== 'kept') context.show({ worktree: null })
  return ending.removeWorktree === true && ended.worktree === 'kept' ? ended.note : ''
}

async function giveBack({ state, server, publisher }: SessionContext, why: string): Promise<void> {
  const { id, bead } = state.view
  const actor = state.endRequest?.actor ?? system
  const released = await server.releaseBead({ bead, session: id, actor, key: `${id}-release` }).catch(failureOf)
  if (released === true) publisher.changed({ kind: 'bead.released', bead, session: id, why }, actor)
}
