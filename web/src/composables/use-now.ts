import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

const everyMs = 30_000
const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | null = null

/** The time, read anew twice a minute: for "4 min ago". One clock for the whole page, while somebody looks at it. */
export function useNow(): Readonly<Ref<number>> {
  users += 1
  if (timer === null) {
    timer = setInterval(tick, everyMs)
    // Only the first: whoever comes later would have all the others drawn anew.
    tick()
  }
  onScopeDispose(() => {
    users -= 1
    if (users > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  })
  return now
}

function tick(): void {
  now.value = Date.now()
}
