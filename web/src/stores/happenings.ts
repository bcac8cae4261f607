import { defineStore } from 'pinia'
import { onScopeDispose } from 'vue'
import type { GembaEvent } from '../../../model/event.ts'

export interface HappeningsListener {
  /** Events as they come in, each once, in order. */
  events(events: readonly GembaEvent[]): void
  /** Everything was read anew: what came before may have been missed. */
  renewed(): void
}

/** The event stream for whoever follows it beyond the lists. */
export const useHappenings = defineStore('happenings', () => {
  const listeners = new Set<HappeningsListener>()

  /** Follows the stream until the component is gone. */
  function follow(listener: HappeningsListener): void {
    listeners.add(listener)
    onScopeDispose(() => listeners.delete(listener))
  }

  function tell(events: readonly GembaEvent[]): void {
    for (const listener of listeners) listener.events(events)
  }

  function renew(): void {
    for (const listener of listeners) listener.renewed()
  }

  return { follow, tell, renew }
})
