import type { ManifestEntry, ManifestPage, ManifestWarning } from '../../../model/manifest.ts'
import { sentenceOf } from '../../../model/manifest-words.ts'
import type { ModeSource } from '../../../model/mode.ts'
import { dayOf } from './time.ts'

const clock = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' })
const dayMs = 86_400_000

/** Entries of one day, newest first. */
export interface HistoryDay {
  readonly title: string
  readonly entries: readonly ManifestEntry[]
}

/** What a person reads: `You moved "BOM-3: Session manifest" from Staged to In Progress.` */
export function sentenceFor(entry: ManifestEntry, person: string): string {
  return sentenceOf(entry, entry.actor === person ? 'You' : entry.actor === '' ? 'Somebody' : entry.actor)
}

/** "11:00 AM", in the time of this browser. */
export function clockTime(iso: string): string {
  // Some browsers put a narrow blank before AM and PM.
  return clock.format(new Date(iso)).replaceAll('\u202f', ' ')
}

/** Entries by the days of this browser, in the order they have. */
export function daysOf(entries: readonly ManifestEntry[], now: number): HistoryDay[] {
  const [today, yesterday] = [dayOf(new Date(now).toISOString()), dayOf(new Date(now - dayMs).toISOString())]
  return [...Map.groupBy(entries, (entry) => dayOf(entry.occurred_at))].map(([day, list]) => ({
    title: day === today ? 'Today' : day === yesterday ? 'Yesterday' : day,
    entries: list,
  }))
}

/** The address that an entry opens; null for what has none. */
export function addressOf({ entity }: ManifestEntry): string | null {
  return entity.type === 'source' ? null : `/board/${encodeURIComponent(entity.id)}`
}

/** Whether an entry is about the source that is shown; while none is known, any may be. */
export function isOf(source: ModeSource | null | undefined, entry: ManifestEntry): boolean {
  if (source === null || source === undefined) return true
  return entry.source.kind === source.kind && entry.source.display === source.display
}

/** With entries that were appended since; each entry is there once. */
export function withAppended(page: ManifestPage, appended: readonly ManifestEntry[]): ManifestPage {
  const known = new Set(page.items.map((entry) => entry.event_id))
  const once = [...new Map(appended.map((entry) => [entry.event_id, entry])).values()]
  const fresh = once.filter((entry) => !known.has(entry.event_id)).toReversed()
  return fresh.length === 0 ? page : { ...page, items: [...fresh, ...page.items] }
}

/** With the page that was before. */
export function withOlder(page: ManifestPage, older: ManifestPage): ManifestPage {
  const known = new Set(page.items.map((entry) => entry.event_id))
  return {
    items: [...page.items, ...older.items.filter((entry) => !known.has(entry.event_id))],
    warnings: allOf(page.warnings, older.warnings),
    cursor: older.cursor,
  }
}

/**
 * What is known once the newest page was read again: what was held stays where the page reaches back to it, for then
 * nothing lies between; else the page alone counts.
 */
export function renewedWith(held: ManifestPage, page: ManifestPage): ManifestPage {
  const last = page.items.at(-1)
  const joint = held.items.findIndex((entry) => entry.event_id === last?.event_id)
  if (page.cursor === null || joint < 0) return page
  return {
    items: [...page.items, ...held.items.slice(joint + 1)],
    warnings: allOf(page.warnings, held.warnings),
    cursor: held.cursor,
  }
}

function allOf(one: readonly ManifestWarning[], other: readonly ManifestWarning[]): ManifestWarning[] {
  return [...new Map([...other, ...one].map((warning) => [warning.line, warning])).values()].sort(
    (a, b) => (b.line ?? 0) - (a.line ?? 0),
  )
}
