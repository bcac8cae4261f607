import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ManifestEntry } from '../../../model/manifest.ts'
import type { ModeStatus } from '../../../model/mode.ts'
import { makeEvent } from '../../testing/sample.ts'
import { modeStatus } from '../../testing/sample-details.ts'
import { makeEntry } from '../../testing/sample-history.ts'
import { api } from '../api/client.ts'
import { useHappenings } from './happenings.ts'
import { useHistory } from './history.ts'
import { useStatus } from './status.ts'

const other = { kind: 'worktree', display: '/work/other' } as const

let items: readonly ManifestEntry[]

function statusOf(source_id: string, source: ManifestEntry['source']): ModeStatus {
  return { ...modeStatus(), source_id, source: { ...source, readonly: false } }
}

beforeEach(() => {
  setActivePinia(createPinia())
  useStatus().status = statusOf('one', makeEntry(1).source)
  items = [makeEntry(1)]
  const { manifest: state } = modeStatus()
  vi.spyOn(api, 'beadsHistory').mockImplementation(async () => ({ items, warnings: [], cursor: null, state }))
})
afterEach(() => void vi.restoreAllMocks())

function append(...entries: readonly ManifestEntry[]): void {
  useHappenings().tell(entries.map((entry, index) => makeEvent(index + 1, { kind: 'manifest.appended', entry })))
}

it('of a source that is left is not shown any more, and what comes of it late neither', async () => {
  const history = useHistory()
  const close = history.open()
  await vi.waitFor(() => expect(history.entries).toHaveLength(1))
  append(makeEntry(2))
  expect(history.entries.map((entry) => entry.event_id)).toEqual([makeEntry(2).event_id, makeEntry(1).event_id])
  items = [makeEntry(3, { source: other })]
  useStatus().status = statusOf('another', other)
  expect(history.entries).toEqual([])
  append(makeEntry(4))
  expect(history.latest).toBeNull()
  await vi.waitFor(() => expect(history.entries.map((entry) => entry.event_id)).toEqual([makeEntry(3).event_id]))
  append(makeEntry(5), makeEntry(6, { source: other }))
  expect(history.entries.map((entry) => entry.event_id)).toEqual([makeEntry(6).event_id, makeEntry(3).event_id])
  close()
})
