import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The tab that the address names by `?tab=`; the first of them where it names none that there is. */
export function useTab(ids: () => readonly string[]) {
  const route = useRoute()
  const router = useRouter()
  return computed<string>({
    get() {
      const named = route.query['tab']
      const known = ids()
      return typeof named === 'string' && known.includes(named) ? named : (known[0] ?? '')
    },
    set(tab) {
      const { tab: _, ...rest } = route.query
      const query = tab === ids()[0] ? rest : { ...rest, tab }
      void router.replace({ ...route, query })
    },
  })
}
