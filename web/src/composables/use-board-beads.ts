import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { BeadSummary } from '../../../model/bead.ts'
import type { BeadFilter } from '../domain/bead-filter.ts'
import { passing, wordsOf } from '../domain/bead-filter.ts'
import { comparing } from '../domain/bead-order.ts'
import { orderBeads } from '../domain/ordered-beads.ts'
import type { Found } from '../search/search-places.ts'
import { useBeads } from '../stores/beads.ts'
import { useBoardView } from '../stores/board-view.ts'
import { useSearch } from '../stores/search.ts'

/** The beads that the board shows, in its order. A change of one bead moves that bead and sorts nothing anew. */
export function useBoardBeads() {
  const beads = useBeads()
  const board = useBoardView()
  const search = useSearch()
  let kept = orderBeads(beads.all, comparing(board.view.order))
  const ordered = shallowRef<readonly BeadSummary[]>(kept.all())
  /** What the text finds; null without a text. */
  const found = shallowRef<Found | null>(null)
  const words = computed(() => wordsOf(board.view.filter.text))
  const order = computed(() => `${board.view.order.by} ${board.view.order.direction}`)
  /** Apart from the text: what is typed changes nothing before it is found. */
  const conditions = computed<BeadFilter>((before) => {
    const now = { ...board.view.filter, text: '' }
    return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
  /** Of each bead in that order: its number in what is found. Read once for many keys. */
  const places = computed(() => search.placesOf(ordered.value))
  const shown = computed(() => {
    const textual = found.value === null ? ordered.value : found.value.of(ordered.value, places.value)
    return passing(textual, conditions.value)
  })

  function sortAnew(): void {
    kept = orderBeads(beads.all, comparing(board.view.order))
    ordered.value = kept.all()
  }

  onScopeDispose(
    beads.hear((ids) => {
      if (ids === 'all') return sortAnew()
      kept.put(ids.map((id) => [id, beads.get(id)]))
      ordered.value = kept.all()
    }),
  )
  watch(order, sortAnew)

  let asked = 0
  watch(
    [() => words.value.join(' '), ordered],
    ([text]) => {
      asked += 1
      const mine = asked
      const answer = text === '' ? null : search.find(words.value)
      if (answer instanceof Promise) void answer.then((later) => mine === asked && (found.value = later))
      else found.value = answer
    },
    // Asked before anything is drawn: the index works meanwhile.
    { immediate: true, flush: 'sync' },
  )

  /** The first key shall find everything ready. */
  function prepare(): void {
    search.open()
    void places.value
  }

  return { shown, search: prepare }
}
