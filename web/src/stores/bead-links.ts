import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { useRoute, useRouter } from 'vue-router'

/** Stands for the bead in the address of which the others are made. */
const anyBead = 'any-bead'

/** Addresses of beads on the board as it is looked at. Resolved once for all: a list has a link in each row. */
export const useBeadLinks = defineStore('bead-links', () => {
  const route = useRoute()
  const router = useRouter()
  const pattern = computed(() => router.resolve(placeOf(anyBead)).href)

  function placeOf(bead: string): RouteLocationRaw {
    return { name: 'board', params: { bead }, query: route.query }
  }

  /** A plain click goes there in this window; any other is left to the browser. */
  function follow(bead: string, event: MouseEvent): void {
    const { metaKey, altKey, ctrlKey, shiftKey, button, defaultPrevented } = event
    if (metaKey || altKey || ctrlKey || shiftKey || button !== 0 || defaultPrevented) return
    event.preventDefault()
    void router.push(placeOf(bead))
  }

  return { pattern, follow }
})

/** The address of a bead, by the store's pattern: a function of the store is wrapped, and every row asks. */
export function beadHref(pattern: string, bead: string): string {
  return pattern.replace(anyBead, () => encodeURIComponent(bead))
}
