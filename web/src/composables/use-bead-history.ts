import { computed, shallowRef, watch } from 'vue'
import type { BeadDetail, BeadHistory } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { historyLines } from '../domain/bead-history.ts'
import { useSessions } from '../stores/sessions.ts'
import { useProfile } from './use-profile.ts'
import { useRequest } from './use-request.ts'

/** What was done to a bead, read anew when it changes; the sessions of full mode among it. */
export function useBeadHistory(bead: () => BeadDetail) {
  const sessions = useSessions()
  const { has } = useProfile()
  const told = shallowRef<BeadHistory | null>(null)
  const { state, problem, run } = useRequest()
  const lines = computed(() => historyLines(told.value?.items ?? [], has('sessions') ? sessions.ofBead(bead().id) : []))

  async function load(): Promise<void> {
    const { id, revision } = bead()
    await run(async () => {
      const read = await api.beadHistory(id)
      if (id === bead().id) told.value = read
    })
    if (bead().id === id && bead().revision !== revision) await load()
  }

  watch(
    () => [bead().id, bead().revision] as const,
    ([id], before) => {
      if (id !== before?.[0]) told.value = null
      void load()
    },
    { immediate: true },
  )

  return { told, lines, state, problem, load }
}
