import { computed, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'

/** The bead whose panel is open, as the address says; null when none is. */
export function useOpenBead(): ComputedRef<string | null> {
  const route = useRoute()
  return computed(() => {
    const { bead } = route.params
    return typeof bead === 'string' && bead !== '' ? bead : null
  })
}
