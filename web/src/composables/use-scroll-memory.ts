import type { Ref } from 'vue'
import { nextTick, onBeforeUnmount, onMounted } from 'vue'

const places = new Map<string, number>()

/** Who comes back to a list within this window finds it scrolled as it was left. */
export function useScrollMemory(name: string, box: Readonly<Ref<HTMLElement | null>>): void {
  onMounted(async () => {
    await nextTick()
    if (box.value !== null) box.value.scrollTop = places.get(name) ?? 0
  })
  onBeforeUnmount(() => void places.set(name, box.value?.scrollTop ?? 0))
}
