import { patchForState, type BeadPatch } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { priorityChoices } from '../domain/words.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'
import { useProfile } from './use-profile.ts'

/** Sorts the backlog: each change is seen at once, and taken back with a word when it is refused. */
export function useBacklogTriage() {
  const beads = useBeads()
  const toasts = useToasts()
  const { has } = useProfile()

  async function change(id: string, patch: BeadPatch): Promise<void> {
    if (!has('authoring') || beads.get(id) === undefined) return
    await beads
      .edit(id, patch, () => api.updateBead(id, patch))
      .catch((error: unknown) => toasts.problem(`${id} stays as it was`, error))
  }

  /** Whoever wants it next wants it now: a day to wait for goes. */
  const stage = (id: string): Promise<void> => change(id, { ...patchForState('staged'), deferUntil: null })
  const open = (id: string): Promise<void> => change(id, { ...patchForState('unstarted'), deferUntil: null })
  /** `until` is an ISO time, or null for as long as nobody takes it up again. */
  const defer = (id: string, until: string | null): Promise<void> =>
    change(id, { ...patchForState('backlog'), deferUntil: until })

  async function setPriority(id: string, priority: number): Promise<void> {
    const known = priorityChoices.some(({ value }) => value === priority)
    if (known && beads.get(id)?.priority !== priority) await change(id, { priority })
  }

  return { stage, open, defer, setPriority }
}
