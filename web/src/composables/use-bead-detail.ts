import type { Ref } from 'vue'
import { ref, shallowRef, watch } from 'vue'
import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { beadAgain } from '../domain/bead-again.ts'
import { clashes, stillWaiting, type Conflict } from '../domain/conflict.ts'
import { useBeads } from '../stores/beads.ts'
import { useToasts } from '../stores/toasts.ts'

export type DetailState = 'loading' | 'shown' | 'failed'
/** `seen` is what the fields held when the person began to write. */
export type SaveBead = (patch: BeadPatch, seen?: Partial<BeadDetail>) => Promise<void>

/** One bead with all its texts, kept fresh while it is looked at. */
export function useBeadDetail(id: Ref<string>) {
  const beads = useBeads()
  const toasts = useToasts()
  const state = ref<DetailState>('loading')
  const bead = shallowRef<BeadDetail | null>(null)
  const problem = shallowRef<Problem | null>(null)
  /** Edits that met others of the same fields: each waits until the person has chosen. */
  const conflicts = shallowRef<readonly Conflict[]>([])
  /** Why a `change` was refused. */
  const refused = shallowRef<Problem | null>(null)
  /** It was deleted while it was looked at; what was read of it is still there. */
  const gone = ref(false)
  /** The bead that was deleted from here, on purpose. */
  let removed = ''
  /** Writes go one after another, also those of a bead that is not looked at any more. */
  let writes: Promise<unknown> = Promise.resolve()
  let written: BeadDetail | null = null

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

  /** What is read or written of a bead that is not looked at any more is only for the lists. */
  function take(read: BeadDetail): void {
    if (read.id === id.value) bead.value = read
    beads.apply([read])
  }

  /**
   * Writes only if nobody else wrote since. `seen` is what the fields held when the person began: what came while they
   * wrote is not written over, although it is shown by now. What others changed elsewhere in the bead is no obstacle;
   * where both changed the same field, the edit comes to `conflicts`. Other errors are thrown; what becomes of a bead that
   * the person has left meanwhile is told beside the page.
   */
  async function save(patch: BeadPatch, seen: Partial<BeadDetail> = {}): Promise<void> {
    const now = bead.value
    const began = now === null ? null : unclashed({ patch, base: { ...now, ...seen }, theirs: now })
    if (began === null) return
    const writing = writes.then(() => write(patch, began))
    writes = writing.catch(() => undefined)
    try {
      await writing
    } catch (error) {
      if (began.id === id.value) throw error
      toasts.problem(`${began.id} was not changed`, error)
    }
  }

  /** A change by one choice, which has no place of its own for what went wrong: that is `refused`. */
  async function change(patch: BeadPatch): Promise<void> {
    refused.value = null
    try {
      await save(patch)
    } catch (error) {
      refused.value = toProblem(error)
    }
  }

  /** On what an earlier write has made of the bead; what others wrote while this one waited for it is met like any other. */
  async function write(patch: BeadPatch, began: BeadDetail): Promise<void> {
    const known = written?.id === began.id && written.revision > began.revision ? written : began
    const now = bead.value?.id === known.id && bead.value.revision > known.revision ? bead.value : known
    for (let base = unclashed({ patch, base: known, theirs: now }); base !== null;) {
      try {
        written = await api.updateBead(base.id, patch, base.etag)
        take(written)
        if (base.id === id.value) conflicts.value = stillWaiting(conflicts.value, patch)
        return
      } catch (error) {
        base = await meet(error, patch, base)
      }
    }
  }

  /** The newer bead, to write on; null when the person must choose. */
  function unclashed(found: Conflict): BeadDetail | null {
    if (!clashes(found)) return found.theirs
    putToChoice(found)
    return null
  }

  function putToChoice(found: Conflict): void {
    conflicts.value = [...stillWaiting(conflicts.value, found.patch), found]
  }

  /** After a refused write: the bead to write on, or null when the person must choose. Throws where nobody is there to. */
  async function meet(error: unknown, patch: BeadPatch, base: BeadDetail): Promise<BeadDetail | null> {
    const { code } = toProblem(error)
    if (code === 'bead_not_found' && base.id === id.value) gone.value = true
    if (code !== 'bead_changed') throw error
    const theirs = await api.bead(base.id)
    take(theirs)
    const found = { patch, base, theirs }
    const isNewer = theirs.etag !== base.etag
    if (isNewer && !clashes(found)) return theirs
    if (base.id !== id.value) throw error
    putToChoice(found)
    return null
  }

  /** Writes what the person chose; nothing when that is the bead as it is. What can not be written waits on. */
  async function resolve(conflict: Conflict, chosen: BeadPatch): Promise<void> {
    if (Object.keys(chosen).length > 0) await save(chosen, conflict.theirs)
    conflicts.value = conflicts.value.filter(({ base }) => base !== conflict.base)
  }

  /** Deletes it for good, only if nobody wrote since. */
  async function remove(): Promise<void> {
    const before = bead.value
    if (before === null) return
    // The lists may hear of it before the answer is there.
    removed = before.id
    try {
      await api.deleteBead(before.id, before.etag)
    } catch (error) {
      removed = ''
      gone.value ||= !beads.held.has(id.value)
      throw error
    }
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
      conflicts.value = []
      refused.value = null
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

  return { state, bead, problem, conflicts, refused, gone, load, take, save, change, resolve, remove, writeAgain }
}
