import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

/** The time, read anew twice a minute: for "4 min ago". */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => {
    now.value = Date.now()
  }, 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
