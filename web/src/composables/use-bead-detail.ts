import type { Ref } from 'vue'
import { ref, shallowRef, watch } from 'vue'
import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { useBeads } from '../stores/beads.ts'

/** An edit that met a newer bead: the person sees both and chooses. */
export interface Conflict {
  readonly patch: BeadPatch
  readonly theirs: BeadDetail
}

export type DetailState = 'loading' | 'shown' | 'failed'

/** One bead with all its texts, kept fresh while it is looked at. */
export function useBeadDetail(id: Ref<string>) {
  const beads = useBeads()
  const state = ref<DetailState>('loading')
  const bead = shallowRef<BeadDetail | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const conflict = shallowRef<Conflict | null>(null)

  async function load(): Promise<void> {
    const wanted = id.value
    try {
      const read = await api.bead(wanted)
      if (wanted !== id.value) return
      take(read)
      state.value = 'shown'
      problem.value = null
    } catch (error) {
      if (wanted !== id.value) return
      problem.value = toProblem(error)
      state.value = 'failed'
    }
  }

  function take(read: BeadDetail): void {
    bead.value = read
    beads.apply([read])
  }

  /** Writes only if nobody else wrote since; else `conflict` is set. Other errors are thrown. */
  async function save(patch: BeadPatch): Promise<void> {
    const before = bead.value
    if (before === null) return
    try {
      take(await api.updateBead(before.id, patch, before.etag))
      conflict.value = null
    } catch (error) {
      if (toProblem(error).code !== 'bead_changed') throw error
      const theirs = await api.bead(before.id)
      take(theirs)
      conflict.value = { patch, theirs }
    }
  }

  /** Mine over theirs, or theirs as it is. */
  async function resolve(choice: 'mine' | 'theirs'): Promise<void> {
    const open = conflict.value
    if (open === null) return
    conflict.value = null
    if (choice === 'mine') await save(open.patch)
  }

  watch(
    id,
    () => {
      state.value = 'loading'
      bead.value = null
      conflict.value = null
      void load()
    },
    { immediate: true },
  )
  watch(
    () => beads.held.get(id.value)?.revision ?? 0,
    (revision) => {
      if (bead.value !== null && revision > bead.value.revision) void load()
    },
  )

  return { state, bead, problem, conflict, load, take, save, resolve }
}
