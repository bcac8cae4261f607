import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'
import { onManyChanges } from './on-many-changes.ts'

const least = 0
const idleWithinMs = 300

/**
 * How many rows are drawn beyond what is seen: `most`, but none when many rows have come or gone, until the
 * browser has nothing else to do. So what is typed into a filter is answered first by what is seen.
 */
export function useOverscan(count: () => number, most: number): Readonly<Ref<number>> {
  const overscan = ref(most)
  let waiting: number | undefined

  onManyChanges(count, () => {
    overscan.value = least
    cancel()
    waiting = later(() => (overscan.value = most))
  })
  onScopeDispose(cancel)

  function cancel(): void {
    if (waiting !== undefined) (globalThis.cancelIdleCallback ?? clearTimeout)(waiting)
  }

  return overscan
}

/** Not every browser tells when it is idle. */
function later(run: () => void): number {
  const { requestIdleCallback } = globalThis as { requestIdleCallback?: typeof globalThis.requestIdleCallback }
  return requestIdleCallback?.(run, { timeout: idleWithinMs }) ?? Number(setTimeout(run, idleWithinMs))
}
