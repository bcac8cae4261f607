import type { NewEvent } from '../../model/event.ts'

/** What a workflow has to publish and has not had acknowledged. */
export interface Publishing {
  /** Of the last snapshot, and of the last event. Both begin at the time of the start, so that a workflow begun anew under an old id is heard. */
  revision: number
  eventCount: number
  events: readonly NewEvent[]
  /** Whether anything was ever published. */
  begun: boolean
  /** How often the state changed in ways that people do not see and that have to be recorded. */
  unrecorded?: number
}

/** A workflow, started at `now` (ms since the epoch), that has published nothing yet. */
export function nothingPublished(now: number): Publishing {
  return { revision: now, eventCount: now, events: [], begun: false }
}

/** A workflow that goes on from a snapshot of this revision: what it publishes is newer, also when clocks went back. */
export function publishedUpTo(revision: number, now: number): Publishing {
  return { ...nothingPublished(Math.max(now, revision + clockRoom)), begun: true }
}

/** Numbers anew, above what is recorded, what a workflow has to publish: it goes on from before the record, as in a Temporal that was restored. */
export function renumber(publishing: Publishing, recorded: number): void {
  const { revision } = publishedUpTo(recorded, 0)
  publishing.revision = revision
  publishing.events = publishing.events.map((event, index) => ({ ...event, sourceRevision: revision + index + 1 }))
  publishing.eventCount = revision + publishing.events.length
}

/** More numbers than one workflow takes within the time that clocks are set back by. */
const clockRoom = 100_000
