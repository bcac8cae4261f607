import type { GembaEvent } from '../../../model/event.ts'

export interface HistoryPage {
  readonly items: readonly GembaEvent[]
  /** Leads to the page before; null at the beginning. */
  readonly cursor: string | null
}

/** Whether an event is about a session or one of its escalations. */
export function isAbout(session: string, { body }: GembaEvent): boolean {
  switch (body.kind) {
    case 'session.changed':
      return body.session.id === session
    case 'escalation.changed':
      return body.escalation.session === session
    case 'session.refused':
    case 'bead.released':
      return body.session === session
    case 'bead.changed':
    case 'bead.deleted':
    case 'bead.parked':
    case 'bead.unparked':
    case 'beads.reread':
    case 'host.changed':
    case 'work-plane.changed':
    case 'manifest.appended':
    case 'manifest.changed':
      return false
  }
}

/** Both lists in the order of their numbers, each number once. */
export function mergeEvents(a: readonly GembaEvent[], b: readonly GembaEvent[]): readonly GembaEvent[] {
  const byNumber = new Map([...a, ...b].map((event) => [event.number, event]))
  return [...byNumber.values()].sort((one, other) => one.number - other.number)
}

/**
 * What is known once the newest page was read again: what was held stays where the page reaches back to it, for then
 * nothing lies between; else the page alone counts. `meanwhile` is what the stream told while the page was on its way.
 */
export function renewed(held: HistoryPage, page: HistoryPage, meanwhile: readonly GembaEvent[]): HistoryPage {
  const known = new Set(held.items.map(keyOf))
  const joined = page.cursor !== null && page.items.some((event) => known.has(keyOf(event)))
  const items = joined ? mergeEvents(held.items, page.items) : page.items
  return { items: mergeEvents(items, meanwhile), cursor: joined ? held.cursor : page.cursor }
}

function keyOf(event: GembaEvent): string {
  return `${event.number} ${event.sourceRevision} ${event.source}`
}
