import { sessionOfHolder } from '../model/bead.ts'
import type { BeadDetail, BeadPatch } from '../model/bead.ts'
import { GembaError } from '../model/error.ts'
import type { Write } from '../model/work-plane.ts'
import type { ApiDeps } from './api-deps.ts'

/** Times that an edit is tried again when the bead changes between the look and the write. */
const tries = 3

/**
 * The bead as it is now, under the number the board gave it before the look: never a number that promises more than the
 * content holds.
 */
export async function currentBead(deps: ApiDeps, id: string): Promise<BeadDetail> {
  const revision = deps.board.get(id)?.revision
  const bead = await deps.work.get(id)
  return revision === undefined ? bead : { ...bead, revision }
}

/** After a write: the projection has it, and this is what it looks like. */
export async function writtenBead(deps: ApiDeps, written: BeadDetail): Promise<BeadDetail> {
  return shown(deps, () => currentBead(deps, written.id), written)
}

/** After a write: `look` once the projection has it. What was written stays written when only the look fails. */
async function shown<T>(deps: ApiDeps, look: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    await deps.board.refresh()
    return await look()
  } catch (error) {
    if (error instanceof GembaError) return otherwise
    throw error
  }
}

/** After a write that leaves nothing to look at. */
export async function refreshed(deps: ApiDeps): Promise<void> {
  await shown(deps, () => Promise.resolve(), undefined)
}

/**
 * Carries out an edit that must not touch a bead which a session holds (`bead_in_session`). The look and the write are
 * one: a claim in between makes the write fail, and the edit is judged anew.
 */
export async function editUnheld(
  deps: ApiDeps,
  id: string,
  write: Write,
  edit: (current: BeadDetail, write: Write) => Promise<BeadDetail>,
): Promise<BeadDetail> {
  for (let left = tries; ; left--) {
    const current = await deps.work.get(id)
    await refuseWhenHeld(deps, current)
    try {
      return await edit(current, { ...write, ifMatch: write.ifMatch ?? current.etag })
    } catch (error) {
      const again = error instanceof GembaError && error.code === 'bead_changed' && write.ifMatch === undefined
      if (!again || left === 1) throw error
    }
  }
}

/**
 * A started bead without a session can not come about: starting is a dispatch, holding is a session's. In Beads-only
 * mode nothing is dispatched, and a move to In Progress is an edit like others (seed 001, 9).
 */
export function refuseStart(deps: Pick<ApiDeps, 'mode'>, bead: string, edit: BeadPatch, current?: BeadDetail): void {
  const { status } = edit
  const isDispatched = deps.mode.profile().surfaces.includes('dispatch')
  if (isDispatched && (status === 'in_progress' || status === 'hooked') && status !== current?.status) {
    throw new GembaError('bead_not_startable', {
      bead,
      why: 'a bead is started by dispatching it (`POST /api/v1/dispatch`), not by an edit of its status',
    })
  }
  if (sessionOfHolder(edit.assignee) !== undefined && edit.assignee !== current?.assignee) {
    throw new GembaError('bead_invalid', { why: 'only a session takes an assignee that begins with `gemba/`' })
  }
}

/** A holder that the store has not heard of yet has just begun: it counts. */
async function refuseWhenHeld(deps: ApiDeps, bead: BeadDetail): Promise<void> {
  const session = sessionOfHolder(bead.assignee)
  if (session === undefined) return
  const snapshot = await deps.store.snapshot('session', session)
  if (snapshot?.open ?? true) throw new GembaError('bead_in_session', { bead: bead.id, session })
}
