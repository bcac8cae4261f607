import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** The beads that a person picked to change together. Those that went meanwhile stay out by themselves: see `keep`. */
export const useSelection = defineStore('selection', () => {
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  /** Where a range begins: what was picked last. */
  const anchor = shallowRef<string | null>(null)
  const count = computed(() => ids.value.size)

  function has(id: string): boolean {
    return ids.value.has(id)
  }

  function toggle(id: string): void {
    const next = new Set(ids.value)
    if (!next.delete(id)) next.add(id)
    ids.value = next
    anchor.value = id
  }

  /** Adds everything of `list` between the anchor and `id`; without an anchor only `id`. */
  function extend(id: string, list: readonly string[]): void {
    const to = list.indexOf(id)
    const from = anchor.value === null ? -1 : list.indexOf(anchor.value)
    const range = from < 0 || to < 0 ? [id] : list.slice(Math.min(from, to), Math.max(from, to) + 1)
    ids.value = new Set([...ids.value, ...range])
    if (from < 0) anchor.value = id
  }

  function replace(list: readonly string[]): void {
    ids.value = new Set(list)
  }

  function clear(): void {
    ids.value = new Set()
    anchor.value = null
  }

  /** Drops those of which `exists` knows nothing. */
  function keep(exists: (id: string) => boolean): void {
    const left = [...ids.value].filter(exists)
    if (left.length < ids.value.size) replace(left)
  }

  return { ids, anchor, count, has, toggle, extend, replace, clear, keep }
})
