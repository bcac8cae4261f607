import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { BeadPatch, BeadSummary } from '../../../model/bead.ts'
import { patched } from '../domain/move.ts'
import type { Parked } from '../api/types.ts'

/** Hears of changes: the ids of the beads that changed, came or went; `all` when everything was read anew. */
export type BeadsListener = (ids: readonly string[] | 'all') => void

/** Every bead as the server last told it, with the edits that are on their way laid over. */
export const useBeads = defineStore('beads', () => {
  const held = shallowRef(new Map<string, BeadSummary>())
  const edits = shallowRef(new Map<string, BeadPatch>())
  const parked = shallowRef(new Map<string, Parked>())
  const listeners = new Set<BeadsListener>()

  const all = computed(() => [...held.value.keys()].flatMap((id) => get(id) ?? []))
  const types = computed(() => namesIn((bead) => [bead.type]))
  const labels = computed(() => namesIn((bead) => bead.labels))
  const assignees = computed(() => namesIn((bead) => (bead.assignee === null ? [] : [bead.assignee])))

  /** Of each parent: how many beads belong to it directly, and how many of them are done. */
  const children = computed(() => {
    const counts = new Map<string, { done: number; all: number }>()
    for (const { parent, state } of held.value.values()) {
      if (parent === null) continue
      const before = counts.get(parent) ?? { done: 0, all: 0 }
      counts.set(parent, { done: before.done + Number(state === 'completed'), all: before.all + 1 })
    }
    return counts
  })

  function namesIn(of: (bead: BeadSummary) => readonly string[]): string[] {
    const names = new Set<string>()
    for (const bead of held.value.values()) for (const name of of(bead)) names.add(name)
    return [...names].sort()
  }

  function get(id: string): BeadSummary | undefined {
    const bead = held.value.get(id)
    const patch = edits.value.get(id)
    return bead === undefined || patch === undefined ? bead : patched(bead, patch)
  }

  /** `get` itself, for those who ask for many: what a store hands out is wrapped, and that takes longer than the finding. */
  const finder = (): typeof get => get

  /** Tells `listener` of every change from now on; returns how to end that. */
  function hear(listener: BeadsListener): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  function tell(ids: readonly string[] | 'all'): void {
    for (const listener of listeners) listener(ids)
  }

  /** Forgets what was held: the server may have begun to count anew. */
  function replace(beads: readonly BeadSummary[], park: readonly Parked[]): void {
    held.value = new Map(beads.map((bead) => [bead.id, bead]))
    parked.value = new Map(park.map((entry) => [entry.bead, entry]))
    tell('all')
  }

  /** Takes beads as they are now; a revision older than the held one is dropped. */
  function apply(beads: readonly BeadSummary[]): void {
    const taken = beads.filter((bead) => bead.revision >= (held.value.get(bead.id)?.revision ?? -Infinity))
    for (const bead of taken) held.value.set(bead.id, bead)
    triggerRef(held)
    tell(taken.map((bead) => bead.id))
  }

  function remove(id: string): void {
    held.value.delete(id)
    triggerRef(held)
    tell([id])
  }

  function park(entry: Parked): void {
    parked.value.set(entry.bead, entry)
    triggerRef(parked)
  }

  function unpark(bead: string): void {
    parked.value.delete(bead)
    triggerRef(parked)
  }

  /** Shows `patch` at once, until `send` has answered; when it throws, the card is as before and the error goes on. */
  async function edit<T extends BeadSummary>(id: string, patch: BeadPatch, send: () => Promise<T>): Promise<T> {
    edits.value.set(id, patch)
    triggerRef(edits)
    tell([id])
    try {
      const written = await send()
      apply([written])
      return written
    } finally {
      if (edits.value.get(id) === patch) edits.value.delete(id)
      triggerRef(edits)
      tell([id])
    }
  }

  return {
    ...{ held, parked, all, types, labels, assignees, children },
    ...{ get, finder, hear, replace, apply, remove, park, unpark, edit },
  }
})
