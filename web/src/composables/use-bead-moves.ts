import type { BeadDetail, BeadPatch, BeadSummary, StateCategory } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import type { Move } from '../domain/move.ts'
import { patchFor, planMove } from '../domain/move.ts'
import { type BeadStep, undoOfClose, undoOfEdit, undoOfReopen } from '../domain/undo.ts'
import { laneTitle } from '../domain/words.ts'
import { useBeads } from '../stores/beads.ts'
import type { Question } from '../stores/dialogs.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useRefusals } from '../stores/refusals.ts'
import { useSessions } from '../stores/sessions.ts'
import { useStarts } from '../stores/starts.ts'
import { useToasts } from '../stores/toasts.ts'
import { useProfile } from './use-profile.ts'
import { useUndo } from './use-undo.ts'
import { useWhenBead } from './use-when-bead.ts'

/**
 * Moves cards between lanes: by drag, by menu, by keyboard, from the panel; all the same. What is refused is kept with
 * its bead, and `onRefused` sees to it that the person does. What was done has an undo, unless it started or ended work.
 */
export function useBeadMoves(onRefused: (bead: string, problem: Problem) => void) {
  const beads = useBeads()
  const sessions = useSessions()
  const starts = useStarts()
  const toasts = useToasts()
  const refusals = useRefusals()
  const dialogs = useDialogs()
  const whenBead = useWhenBead()
  const undo = useUndo()
  const { has } = useProfile()

  function move(id: string, target: StateCategory): Promise<void> {
    return take(id, target, false)
  }

  /** `afterWork`: it goes on with a move that has ended a session, which nothing takes back. */
  async function take(id: string, target: StateCategory, afterWork: boolean): Promise<void> {
    const bead = beads.get(id)
    if (bead === undefined || starts.has(id)) return
    const plan = planMove(bead, target, sessions.openByBead.get(id), has('dispatch'))
    refusals.forgive(id)
    await carryOut(bead, target, plan, afterWork).catch((error: unknown) => {
      const problem = toProblem(error)
      refusals.put(id, problem)
      onRefused(id, problem)
    })
  }

  async function carryOut(bead: BeadSummary, target: StateCategory, plan: Move, afterWork: boolean): Promise<void> {
    switch (plan.kind) {
      case 'stay':
        return
      case 'start':
        if (plan.first !== null) await edit(bead.id, plan.first)
        return start(bead.id)
      case 'edit':
        return offerUndo(await edit(bead.id, plan.patch), afterWork ? [] : undoOfEdit(plan.patch, bead))
      case 'close':
        return close(bead)
      case 'reopen':
        return reopen(bead, plan.then)
      case 'end-session':
        return endSession(bead, target, plan.session)
      case 'take-back':
        return takeBack(bead, target, plan)
    }
  }

  function edit(id: string, patch: BeadPatch): Promise<BeadDetail> {
    return beads.edit(id, patch, () => api.updateBead(id, patch))
  }

  function offerUndo(written: BeadDetail, steps: readonly BeadStep[]): void {
    undo.offer(`${written.id} moved to ${laneTitle(written.state)}`, written, steps)
  }

  /** A command: the card says "starting" until the event comes; it is never moved before. */
  async function start(id: string, force = false): Promise<void> {
    starts.begin(id)
    const session = await api.dispatch(id, force).catch((error: unknown) => {
      starts.settle(id)
      if (force || toProblem(error).code !== 'bead_blocked') throw error
      return null
    })
    if (session === null) return startAnyway(id)
    if (starts.has(id) && sessions.get(session) === undefined) starts.begin(id, session)
  }

  async function startAnyway(id: string): Promise<void> {
    const reply = await dialogs.ask({
      title: `${id} is blocked`,
      ...blockedText(blockersOf(id)),
      choices: [{ value: 'start', label: 'Start anyway', tone: 'danger' }],
      input: null,
    })
    if (reply !== null) await start(id, true)
  }

  /** Each as "gm-2 “Two” (In progress)". */
  function blockersOf(id: string): string[] {
    return (beads.get(id)?.blockedBy ?? []).map((blocker) => {
      const bead = beads.get(blocker)
      return bead === undefined ? blocker : `${blocker} “${bead.title}” (${laneTitle(bead.state)})`
    })
  }

  async function close(bead: BeadSummary): Promise<void> {
    const reply = await dialogs.ask({
      title: `Close ${bead.id}`,
      text: bead.title,
      choices: [{ value: 'close', label: 'Close bead', tone: 'primary' }],
      input: { label: 'Reason', initial: 'Done' },
    })
    if (reply === null) return
    const closed = await api
      .closeBead(bead.id, { reason: reply.text })
      .catch((error: unknown) => closeAnyway(bead, reply.text, error))
    if (closed === null) return
    beads.apply([closed])
    undo.offer(`${bead.id} is closed`, closed, undoOfClose(bead, has('dispatch')))
  }

  async function closeAnyway(bead: BeadSummary, reason: string, error: unknown) {
    const problem = toProblem(error)
    if (problem.code !== 'bead_close_refused') throw error
    const reply = await dialogs.ask({
      title: `Close ${bead.id} anyway?`,
      text: problem.detail,
      choices: [{ value: 'force', label: 'Close anyway', tone: 'danger' }],
      input: null,
    })
    return reply === null ? null : api.closeBead(bead.id, { reason, force: true })
  }

  async function reopen(bead: BeadSummary, then: Exclude<StateCategory, 'completed'>): Promise<void> {
    const reply = await dialogs.ask({
      title: `Reopen ${bead.id}`,
      text: bead.title,
      choices: [
        {
          value: 'reopen',
          label: then === 'started' && has('dispatch') ? 'Reopen and start' : 'Reopen bead',
          tone: 'primary',
        },
      ],
      input: { label: 'Reason', initial: 'There is more to do' },
    })
    if (reply === null) return
    const { closeReason } = await api.bead(bead.id)
    const opened = await api.reopenBead(bead.id, reply.text)
    beads.apply([opened])
    if (then === 'started' && has('dispatch')) return start(bead.id)
    const written = then === 'unstarted' ? opened : await edit(bead.id, patchFor(then))
    offerUndo(written, undoOfReopen(bead, then, closeReason))
  }

  async function endSession(bead: BeadSummary, target: StateCategory, session: string): Promise<void> {
    const done = target === 'completed'
    const reply = await dialogs.ask({
      title: `An agent is working on ${bead.id}`,
      text: done
        ? 'Its session must end first: what it has committed is integrated, then the bead is closed.'
        : `Its session must end first. The worktree stays, and the bead goes to ${laneTitle(target)}.`,
      choices: [{ value: 'end', label: done ? 'End as done' : 'End session', tone: done ? 'primary' : 'danger' }],
      input: null,
    })
    if (reply === null) return
    await api.end(session, done ? 'completed' : 'canceled')
    toasts.note('The session is ending', `${bead.id} moves once it has ended.`)
    if (target === 'backlog' || target === 'staged')
      whenBead(
        bead.id,
        (now) => now.state !== 'started',
        () => take(bead.id, target, true),
      )
  }

  async function takeBack(bead: BeadSummary, target: StateCategory, plan: Move & { kind: 'take-back' }): Promise<void> {
    const reply = await dialogs.ask({
      title: `${bead.id} has no session of Gemba's`,
      text: `It is held by ${plan.holder ?? 'nobody'}. Moving it to ${laneTitle(target)} takes it back; whoever works on it is not told.`,
      choices: [{ value: 'move', label: 'Take it back', tone: 'danger' }],
      input: null,
    })
    if (reply !== null) await edit(bead.id, plan.patch)
  }

  async function unpark(id: string): Promise<void> {
    await api.unpark(id).then(
      () => beads.unpark(id),
      (error: unknown) => toasts.problem(`${id} stays parked`, error),
    )
  }

  return { move, unpark }
}

/** One blocker in a sentence, several in lines of their own. */
function blockedText(blockers: readonly string[]): Pick<Question, 'text' | 'points'> {
  const why = 'An agent that starts now may work on ground that is about to change.'
  if (blockers.length > 1) return { text: `${why} It is blocked by:`, points: blockers }
  return { text: `It is blocked by ${blockers[0] ?? 'other beads'}. ${why}` }
}
