import { patchForState, type BeadPatch } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { undoOfEdit } from '../domain/undo.ts'
import { laneTitle, priorityChoices, priorityWord } from '../domain/words.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'
import { useProfile } from './use-profile.ts'
import { useUndo } from './use-undo.ts'

/** Sorts the backlog: each change is seen at once, can be undone, and is taken back with a word when it is refused. */
export function useBacklogTriage() {
  const beads = useBeads()
  const toasts = useToasts()
  const undo = useUndo()
  const { has } = useProfile()

  /** `done` is what the bead does then, after its id. */
  async function change(id: string, patch: BeadPatch, done: string): Promise<void> {
    const before = beads.get(id)
    if (!has('authoring') || before === undefined) return
    await beads
      .edit(id, patch, () => api.updateBead(id, patch))
      .then((written) => undo.offer(`${id} ${done}`, written, undoOfEdit(patch, before)))
      .catch((error: unknown) => toasts.problem(`${id} stays as it was`, error))
  }

  /** Whoever wants it next wants it now: a day to wait for goes. */
  const stage = (id: string): Promise<void> =>
    change(id, { ...patchForState('staged'), deferUntil: null }, `moved to ${laneTitle('staged')}`)
  const open = (id: string): Promise<void> =>
    change(id, { ...patchForState('unstarted'), deferUntil: null }, `moved to ${laneTitle('unstarted')}`)
  /** `until` is an ISO time, or null for as long as nobody takes it up again. */
  const defer = (id: string, until: string | null): Promise<void> =>
    change(id, { ...patchForState('backlog'), deferUntil: until }, 'is deferred')

  async function setPriority(id: string, priority: number): Promise<void> {
    const known = priorityChoices.some(({ value }) => value === priority)
    if (known && beads.get(id)?.priority !== priority)
      await change(id, { priority }, `has priority ${priorityWord(priority)}`)
  }

  return { stage, open, defer, setPriority }
}
