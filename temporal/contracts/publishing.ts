import type { NewEvent } from '../../model/event.ts'

/** What a workflow has to publish and has not had acknowledged. */
export interface Publishing {
  /** Of the last snapshot, and of the last event. Both begin at the time of the start, so that a workflow begun anew under an old id is heard. */
  revision: number
  eventCount: number
  events: readonly NewEvent[]
  /** Whether anything was ever published. */
  begun: boolean
}

/** A workflow, started at `now` (ms since the epoch), that has published nothing yet. */
export function nothingPublished(now: number): Publishing {
  return { revision: now, eventCount: now, events: [], begun: false }
}
