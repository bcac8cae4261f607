import type { BeadPatch, BeadSummary, StateCategory } from '../../../model/bead.ts'
import { patchForState, stateOf } from '../../../model/bead.ts'
import type { SessionView } from '../../../model/session.ts'
import type { EndMode } from '../api/types.ts'

/** What moving a card into a lane asks for. Only edits are shown before the server agrees. */
export type Move =
  | { readonly kind: 'stay' }
  /** A command: `first` makes a deferred bead open before it is dispatched. */
  | { readonly kind: 'start'; readonly first: BeadPatch | null }
  | { readonly kind: 'edit'; readonly patch: BeadPatch }
  | { readonly kind: 'close' }
  /** Leaving Done needs a reason; then the bead goes on to `then`. */
  | { readonly kind: 'reopen'; readonly then: Exclude<StateCategory, 'completed'> }
  /** A session is at work on it: it ends first, then the bead goes on to `then`. */
  | { readonly kind: 'end-session'; readonly session: string; readonly mode: EndMode; readonly then: StateCategory }
  /** Started by somebody without a session of ours. */
  | { readonly kind: 'take-back'; readonly holder: string | null; readonly patch: BeadPatch }

/**
 * Decides what a move means; `session` is the bead's open session. Without dispatching (`dispatches` false) nothing is
 * started and nobody is held up: a move is an edit of the bead's state (seed 001, 9).
 */
export function planMove(
  bead: BeadSummary,
  target: StateCategory,
  session: SessionView | undefined,
  dispatches = true,
): Move {
  if (bead.state === target) return { kind: 'stay' }
  if (bead.state === 'completed') return { kind: 'reopen', then: target === 'completed' ? 'unstarted' : target }
  if (session !== undefined) {
    const mode = target === 'completed' ? 'completed' : 'canceled'
    return { kind: 'end-session', session: session.id, mode, then: target }
  }
  if (!dispatches && target !== 'completed') return { kind: 'edit', patch: patchFor(target) }
  if (target === 'started')
    return { kind: 'start', first: bead.state === 'backlog' ? patchForState('unstarted') : null }
  if (target === 'completed') return { kind: 'close' }
  const patch = patchForState(target)
  if (bead.state !== 'started') return { kind: 'edit', patch }
  return { kind: 'take-back', holder: bead.assignee, patch: { ...patch, assignee: null } }
}

/** The edit that brings a bead into a lane where moving starts nothing. */
export function patchFor(state: Exclude<StateCategory, 'completed'>): BeadPatch {
  return state === 'started' ? { status: 'in_progress' } : patchForState(state)
}

/** The summary as it will be once `patch` is written. */
export function patched(bead: BeadSummary, patch: BeadPatch): BeadSummary {
  const kept = bead.labels.filter((label) => patch.removeLabels?.includes(label) !== true)
  const labels = [...kept, ...(patch.addLabels ?? []).filter((label) => !kept.includes(label))]
  const status = patch.status ?? bead.status
  return {
    ...bead,
    title: patch.title ?? bead.title,
    priority: patch.priority ?? bead.priority,
    type: patch.type ?? bead.type,
    assignee: patch.assignee === undefined ? bead.assignee : patch.assignee,
    parent: patch.parent === undefined ? bead.parent : patch.parent,
    deferUntil: patch.deferUntil === undefined ? bead.deferUntil : patch.deferUntil,
    hasAcceptance: patch.acceptance === undefined ? bead.hasAcceptance : patch.acceptance !== '',
    labels,
    status,
    state: stateOf(status, labels),
  }
}
