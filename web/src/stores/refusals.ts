import { defineStore } from 'pinia'
import { shallowRef, triggerRef } from 'vue'
import type { Problem } from '../api/types.ts'

/** Why the last move of a bead was refused, until it is moved again or somebody has read it. */
export const useRefusals = defineStore('refusals', () => {
  const held = shallowRef(new Map<string, Problem>())

  function put(bead: string, problem: Problem): void {
    held.value.set(bead, problem)
    triggerRef(held)
  }

  function forgive(bead: string): void {
    if (held.value.delete(bead)) triggerRef(held)
  }

  return { held, put, forgive }
})
