import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { parseJsonObject } from '../../../model/json.ts'
import { useProfile } from '../composables/use-profile.ts'
import type { BeadFilter } from '../domain/bead-filter.ts'
import { noFilter } from '../domain/bead-filter.ts'
import type { BeadOrder } from '../domain/bead-order.ts'
import type { BoardView, Layout, Query } from '../domain/board-view.ts'
import { queryOf, readView, usualView } from '../domain/board-view.ts'

const storageKey = 'gemba.board'

/** How the board is looked at. Layout and order are remembered by this browser, for each mode of its own. */
export const useBoardView = defineStore('board-view', () => {
  const { mode } = useProfile()
  const usual = computed(() => usualView(mode.value))
  /** What a person chose, or an address names, as a query; null before either. */
  const chosen = shallowRef<Query | null>(null)
  const remembered = computed(() => remember(mode.value))
  const view = computed<BoardView>(() => readView(chosen.value ?? remembered.value, usual.value))
  const query = computed(() => queryOf(view.value, usual.value))

  function set(part: Partial<BoardView>): void {
    take(queryOf({ ...view.value, ...part }))
    if (part.layout === undefined && part.order === undefined) return
    const { filter: _, ...kept } = view.value
    globalThis.localStorage?.setItem(storageKey + mode.value, JSON.stringify(queryOf({ ...kept, filter: noFilter })))
  }

  /** Takes what an address names. */
  function take(query: Query): void {
    chosen.value = query
  }

  const setLayout = (layout: Layout): void => set({ layout })
  const setOrder = (order: BeadOrder): void => set({ order })
  const setFilter = (filter: BeadFilter): void => set({ filter })

  return { view, usual, query, take, setLayout, setOrder, setFilter }
})

function remember(mode: string): Query {
  const text = globalThis.localStorage?.getItem(storageKey + mode) ?? ''
  return (parseJsonObject(text) ?? {}) as Query
}
