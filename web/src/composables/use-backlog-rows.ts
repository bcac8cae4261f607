import type { Range } from '@tanstack/vue-virtual'
import { useVirtualizer } from '@tanstack/vue-virtual'
import type { ComponentPublicInstance, Ref } from 'vue'
import { computed, nextTick, ref, watch } from 'vue'
import type { BacklogLine } from '../domain/backlog.ts'
import { keptIn } from '../domain/kept-range.ts'
import { useMediaQuery } from './use-media-query.ts'
import { useScrollMemory } from './use-scroll-memory.ts'

const headingPx = 34
/** Until the editor is drawn, and measured. */
const editorPx = 330

/** Which lines of a long backlog are drawn, where, and how high; and the row that the keyboard is on. */
export function useBacklogRows(
  lines: () => readonly BacklogLine[],
  editing: Readonly<Ref<string | null>>,
  box: Readonly<Ref<HTMLElement | null>>,
) {
  const current = ref<string | null>(null)
  const narrow = useMediaQuery('(max-width: 720px)')
  const rowPx = computed(() => (narrow.value ? 62 : 38))
  const rows = computed(() =>
    lines().flatMap((line) => (line.kind === 'bead' ? [{ ...line, level: 1, unfolded: null }] : [])),
  )
  const places = computed(() => new Map(lines().map(({ key }, index) => [key, index])))
  const at = computed(() => indexOf(current.value))
  const tabStop = computed(() => (at.value >= 0 ? current.value : (rows.value[0]?.key ?? null)))

  /** Another function for other lines: by that it is known that all have to be placed anew. */
  const keyOf = computed(() => {
    const now = lines()
    const edited = editing.value
    return (index: number): string => {
      const key = now[index]?.key ?? String(index)
      return key === edited ? `editor of ${key}` : key
    }
  })
  const virtual = useVirtualizer(computed(() => withKept([current.value, editing.value])))
  function withKept(keys: readonly (string | null)[]) {
    const kept = keys.flatMap((key) => (key === null ? [] : (places.value.get(key) ?? [])))
    return {
      count: lines().length,
      getScrollElement: () => box.value,
      estimateSize: heightOf,
      getItemKey: keyOf.value,
      overscan: 10,
      // The row with the focus, and the one that is written in, stay drawn wherever one scrolls.
      rangeExtractor: (range: Range) => keptIn(range, kept),
    }
  }
  watch(rowPx, () => virtual.value.measure())
  useScrollMemory('rows backlog', box)

  const drawn = computed(() =>
    virtual.value.getVirtualItems().flatMap(({ index, start }) => {
      const line = lines()[index]
      return line === undefined ? [] : [{ line, index, start, key: keyOf.value(index), height: heightOf(index) }]
    }),
  )
  const height = computed(() => virtual.value.getTotalSize())

  function heightOf(index: number): number {
    const line = lines()[index]
    if (line?.kind !== 'bead') return headingPx
    return line.key === editing.value ? editorPx : rowPx.value
  }

  function measure(editor: Element | ComponentPublicInstance | null): void {
    if (editor instanceof Element) virtual.value.measureElement(editor)
  }

  function indexOf(bead: string | null): number {
    return rows.value.findIndex(({ key }) => key === bead)
  }

  async function go(index: number): Promise<void> {
    const row = rows.value[Math.max(0, Math.min(rows.value.length - 1, index))]
    if (row === undefined) return
    current.value = row.key
    virtual.value.scrollToIndex(places.value.get(row.key) ?? 0, { align: 'auto' })
    await nextTick()
    box.value
      ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"] [data-card]`)
      ?.focus({ preventScroll: true })
  }

  /** The focus stays on a bead that moves within the table, and goes to what follows one that leaves it. */
  async function holdFocus(bead: string, index: number): Promise<void> {
    await nextTick()
    const now = indexOf(bead)
    await go(now >= 0 ? now : index)
  }

  /** Rows on one screen. */
  const page = (): number => Math.max(1, Math.floor((box.value?.clientHeight ?? 0) / rowPx.value) - 1)

  return { current, rows, at, tabStop, drawn, height, measure, indexOf, go, holdFocus, page }
}
