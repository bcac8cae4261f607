import { defineStore } from 'pinia'
import { shallowRef, triggerRef } from 'vue'

/** Beads that were told to start and have not been seen starting: they stay where they are until the event comes. */
export const useStarts = defineStore('starts', () => {
  const pending = shallowRef(new Map<string, { readonly session: string | null }>())

  function has(bead: string): boolean {
    return pending.value.has(bead)
  }

  function begin(bead: string, session: string | null = null): void {
    pending.value.set(bead, { session })
    triggerRef(pending)
  }

  function settle(bead: string): void {
    if (pending.value.delete(bead)) triggerRef(pending)
  }

  return { pending, has, begin, settle }
})
