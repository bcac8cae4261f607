import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Which part of the graph is looked at, as the address says: around a bead, or the whole project. */
export function useGraphAddress() {
  const route = useRoute()
  const router = useRouter()
  const around = computed(() => textOf(route.query['around']))
  const whole = computed(() => textOf(route.query['scope']) === 'project')

  function showAround(bead: string | null): void {
    const { scope: _, around: __, ...query } = route.query
    void router.push({ ...here(), query: bead === null ? query : { ...query, around: bead } })
  }

  function showWhole(): void {
    void router.push({ ...here(), query: { ...route.query, scope: 'project' } })
  }

  function here() {
    return { name: 'board', params: route.params }
  }

  return { around, whole, showAround, showWhole }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
