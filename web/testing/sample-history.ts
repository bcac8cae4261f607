import type { ManifestEntry } from '../../model/manifest.ts'
import { summaryOf } from '../../model/manifest-words.ts'
import { minutesAgo, sampleTime } from './sample.ts'

export function makeEntry(number: number, more: Partial<ManifestEntry> = {}): ManifestEntry {
  const told = {
    action: 'work_item.state_changed',
    entity: { type: 'bead', id: 'lan-3', title: 'A calendar that can be read aloud' },
    before: { state_category: 'staged' },
    after: { state_category: 'started' },
    ...more,
  } as const
  return {
    event_id: `evt_${String(number).padStart(26, '0')}`,
    occurred_at: minutesAgo(0),
    actor: 'mira',
    mode: 'beads_only',
    source: { kind: 'url', display: 'dolt://example/lantern' },
    summary: summaryOf(told),
    ...told,
  }
}

const noon = new Date(sampleTime)
noon.setHours(11, 0, 0, 0)

/** A day of planning, newest first. */
export const sampleHistory: readonly ManifestEntry[] = [
  makeEntry(6, { occurred_at: noon.toISOString() }),
  makeEntry(5, {
    occurred_at: noon.toISOString(),
    actor: 'jon',
    action: 'work_item.edited',
    entity: { type: 'epic', id: 'lan-2', title: 'Visitors plan their visit' },
    before: { priority: 2 },
    after: { priority: 1 },
  }),
  makeEntry(4, {
    occurred_at: new Date(noon.getTime() - 86_400_000).toISOString(),
    action: 'work_item.deleted',
    entity: { type: 'bead', id: 'lan-99', title: 'A fax number' },
    before: { title: 'A fax number' },
    after: {},
  }),
  makeEntry(3, {
    occurred_at: '2026-05-03T11:00:00.000Z',
    action: 'dependency.changed',
    entity: { type: 'bead', id: 'lan-8', title: '<img src=x onerror="window.hit=1">' },
    before: {},
    after: { depends_on: 'lan-5', kind: 'blocks' },
  }),
  makeEntry(2, {
    occurred_at: '2026-05-03T10:59:00.000Z',
    action: 'source.connected',
    entity: { type: 'source', id: 'url', title: 'dolt://example/lantern' },
    before: {},
    after: { kind: 'url', display: 'dolt://example/lantern' },
  }),
]
