import type { Ref } from 'vue'
import { ref, shallowRef, watch } from 'vue'
import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { beadAgain } from '../domain/bead-again.ts'
import { clashes, type Conflict } from '../domain/conflict.ts'
import { useBeads } from '../stores/beads.ts'

export type DetailState = 'loading' | 'shown' | 'failed'
/** `seen` is what the fields held when the person began to write. */
export type SaveBead = (patch: BeadPatch, seen?: Partial<BeadDetail>) => Promise<void>

/** One bead with all its texts, kept fresh while it is looked at. */
export function useBeadDetail(id: Ref<string>) {
  const beads = useBeads()
  const state = ref<DetailState>('loading')
  const bead = shallowRef<BeadDetail | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const conflict = shallowRef<Conflict | null>(null)
  /** It was deleted while it was looked at; what was read of it is still there. */
  const gone = ref(false)
  /** The bead that was deleted from here, on purpose. */
  let removed = ''

  async function load(): Promise<void> {
    const wanted = id.value
    try {
      const read = await api.bead(wanted)
      if (wanted !== id.value) return
      take(read)
      gone.value = false
      state.value = 'shown'
      problem.value = null
    } catch (error) {
      if (wanted !== id.value) return
      const failure = toProblem(error)
      if (bead.value !== null && failure.code === 'bead_not_found') gone.value = true
      else {
        problem.value = failure
        state.value = 'failed'
      }
    }
  }

  function take(read: BeadDetail): void {
    bead.value = read
    beads.apply([read])
  }

  /**
   * Writes only if nobody else wrote since. `seen` is what the fields held when the person began: what came while they
   * wrote is not written over, although it is shown by now. What others changed elsewhere in the bead is no obstacle;
   * where both changed the same field, `conflict` is set. Other errors are thrown.
   */
  async function save(patch: BeadPatch, seen: Partial<BeadDetail> = {}): Promise<void> {
    const now = bead.value
    if (now === null) return
    for (let base = unclashed({ patch, base: { ...now, ...seen }, theirs: now }); base !== null;) {
      try {
        take(await api.updateBead(base.id, patch, base.etag))
        conflict.value = null
        return
      } catch (error) {
        base = await meet(error, patch, base)
      }
    }
  }

  /** The newer bead, to write on; null when the person must choose. */
  function unclashed(found: Conflict): BeadDetail | null {
    if (!clashes(found)) return found.theirs
    conflict.value = found
    return null
  }

  /** After a refused write: the bead to write on, or null when the person must choose. */
  async function meet(error: unknown, patch: BeadPatch, base: BeadDetail): Promise<BeadDetail | null> {
    const { code } = toProblem(error)
    if (code === 'bead_not_found') gone.value = true
    if (code !== 'bead_changed') throw error
    const theirs = await api.bead(base.id)
    take(theirs)
    if (theirs.etag !== base.etag) return unclashed({ patch, base, theirs })
    conflict.value = { patch, base, theirs }
    return null
  }

  /** Writes what the person chose; nothing when that is the bead as it is. */
  async function resolve(chosen: BeadPatch): Promise<void> {
    if (Object.keys(chosen).length > 0) await save(chosen, conflict.value?.theirs)
    else conflict.value = null
  }

  /** Deletes it for good, only if nobody wrote since. */
  async function remove(): Promise<void> {
    const before = bead.value
    if (before === null) return
    await api.deleteBead(before.id, before.etag)
    removed = before.id
    beads.remove(before.id)
  }

  /** Creates a deleted bead once more, with all that can be written again. */
  async function writeAgain(): Promise<void> {
    const before = bead.value
    if (before === null) return
    take(await api.createBead(beadAgain(before, (other) => beads.get(other) !== undefined)))
    gone.value = false
  }

  watch(
    id,
    () => {
      state.value = 'loading'
      bead.value = null
      conflict.value = null
      gone.value = false
      void load()
    },
    { immediate: true },
  )
  watch(
    () => [id.value, beads.held.has(id.value)] as const,
    ([bead, held], [before, wasHeld]) => {
      if (bead === before && wasHeld && !held && bead !== removed) gone.value = true
      if (bead === before && !wasHeld && held && gone.value) void load()
    },
  )
  watch(
    () => beads.held.get(id.value)?.revision ?? 0,
    (revision) => {
      if (bead.value !== null && revision > bead.value.revision) void load()
    },
  )

  return { state, bead, problem, conflict, gone, load, take, save, resolve, remove, writeAgain }
}
