import { onScopeDispose, watch } from 'vue'
import type { LocationQueryRaw } from 'vue-router'
import { stringifyQuery, useRoute, useRouter } from 'vue-router'
import { besidesView, isViewQuery, type Query } from '../domain/board-view.ts'
import { useBoardView } from '../stores/board-view.ts'
import { useConnection } from '../stores/connection.ts'

/** Typing changes the address once it pauses. */
const pauseMs = 250

/** Keeps address and board alike: an address is looked at as it says, and what is chosen stands in it. */
export function useBoardAddress(): void {
  const route = useRoute()
  const router = useRouter()
  const board = useBoardView()
  const connection = useConnection()
  let pending: ReturnType<typeof setTimeout> | undefined

  watch(
    () => route.query,
    (query) => {
      if (route.name === 'board' && isViewQuery(query) && pending === undefined) board.take(query)
    },
    { immediate: true },
  )
  watch(() => [board.query, route.fullPath, connection.loaded], soon, { immediate: true })
  onScopeDispose(() => clearTimeout(pending))

  function soon(): void {
    clearTimeout(pending)
    pending = isTold() ? undefined : setTimeout(tell, pauseMs)
  }

  function tell(): void {
    pending = undefined
    if (!isTold()) void router.replace({ query: told() })
  }

  /** Panels and tabs have their own part of the address. */
  function told(): LocationQueryRaw {
    return sorted({ ...besidesView(route.query), ...board.query })
  }

  /** Which view is usual is known only once the server has told its mode. */
  function isTold(): boolean {
    if (route.name !== 'board' || !connection.loaded) return true
    return stringifyQuery(told()) === stringifyQuery(sorted(route.query))
  }
}

function sorted(query: Query): LocationQueryRaw {
  return Object.fromEntries(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))) as LocationQueryRaw
}
