import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { BeadPatch, BeadSummary } from '../../../model/bead.ts'
import { patched } from '../domain/move.ts'
import type { Parked } from '../api/types.ts'

/** Every bead as the server last told it, with the edits that are on their way laid over. */
export const useBeads = defineStore('beads', () => {
  const held = shallowRef(new Map<string, BeadSummary>())
  const edits = shallowRef(new Map<string, BeadPatch>())
  const parked = shallowRef(new Map<string, Parked>())

  const all = computed(() => [...held.value.keys()].flatMap((id) => get(id) ?? []))
  const types = computed(() => [...new Set([...held.value.values()].map((bead) => bead.type))].sort())
  const labels = computed(() => [...new Set([...held.value.values()].flatMap((bead) => bead.labels))].sort())

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

  function get(id: string): BeadSummary | undefined {
    const bead = held.value.get(id)
    const patch = edits.value.get(id)
    return bead === undefined || patch === undefined ? bead : patched(bead, patch)
  }

  /** Forgets what was held: the server may have begun to count anew. */
  function replace(beads: readonly BeadSummary[], park: readonly Parked[]): void {
    held.value = new Map(beads.map((bead) => [bead.id, bead]))
    parked.value = new Map(park.map((entry) => [entry.bead, entry]))
  }

  /** Takes beads as they are now; a revision older than the held one is dropped. */
  function apply(beads: readonly BeadSummary[]): void {
    for (const bead of beads) {
      const before = held.value.get(bead.id)
      if (before === undefined || bead.revision >= before.revision) held.value.set(bead.id, bead)
    }
    triggerRef(held)
  }

  function remove(id: string): void {
    held.value.delete(id)
    triggerRef(held)
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
  async function edit(id: string, patch: BeadPatch, send: () => Promise<BeadSummary>): Promise<void> {
    edits.value.set(id, patch)
    triggerRef(edits)
    try {
      apply([await send()])
    } finally {
      if (edits.value.get(id) === patch) edits.value.delete(id)
      triggerRef(edits)
    }
  }

  return { held, parked, all, types, labels, children, get, replace, apply, remove, park, unpark, edit }
})
