import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ManifestEntry, ManifestPage, ManifestState } from '../../../model/manifest.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { useRequest } from '../composables/use-request.ts'
import { isOf, renewedWith, withAppended, withOlder } from '../domain/history.ts'
import { useHappenings } from './happenings.ts'
import { useStatus } from './status.ts'

export type HistoryReading = 'loading' | 'shown' | 'failed'

const nothing: ManifestPage = { items: [], warnings: [], cursor: null }
/** Pages without an entry that are passed over at once: others may have written much. */
const mostEmptyPages = 5

/** The Beads history as it was read last, with what was appended since. It is read while somebody looks at it. */
export const useHistory = defineStore('history', () => {
  const held = shallowRef(nothing)
  const manifest = shallowRef<ManifestState | null>(null)
  const reading = ref<HistoryReading>('loading')
  const problem = shallowRef<Problem | null>(null)
  /** What the stream told last, for who does not see the list. */
  const latest = shallowRef<ManifestEntry | null>(null)
  const older = useRequest()
  const status = useStatus()
  let readers = 0
  let reads = 0
  let meanwhile: ManifestEntry[] = []

  /** Reads it, and again whenever something may have been missed, until the returned function is called. */
  function open(): () => void {
    readers += 1
    latest.value = null
    if (readers === 1) void read()
    return () => {
      readers -= 1
    }
  }

  async function read(): Promise<void> {
    reads += 1
    const mine = reads
    meanwhile = []
    older.reset()
    try {
      const { state, ...page } = await pageOf()
      if (mine !== reads) return
      held.value = withAppended(renewedWith(held.value, page), meanwhile)
      manifest.value = state
      problem.value = null
      reading.value = 'shown'
    } catch (error) {
      if (mine !== reads) return
      problem.value = toProblem(error)
      reading.value = 'failed'
    }
  }

  async function readOlder(): Promise<void> {
    const { cursor } = held.value
    const mine = reads
    if (cursor === null) return
    await older.run(async () => {
      const page = await pageOf(cursor)
      if (mine === reads) held.value = withOlder(held.value, page)
    })
  }

  /** The history of another source is another one: nothing of the one before stays, and what comes of it late is left out. */
  watch(
    () => status.status?.source_id,
    (_, before) => {
      if (before === undefined) return
      held.value = nothing
      latest.value = null
      reading.value = 'loading'
      if (readers > 0) void read()
    },
    { flush: 'sync' },
  )

  useHappenings().follow({
    events(events) {
      const bodies = events.map(({ body }) => body)
      const appended = bodies.flatMap((body) =>
        body.kind === 'manifest.appended' && isOf(status.status?.source, body.entry) ? [body.entry] : [],
      )
      for (const body of bodies) if (body.kind === 'manifest.changed') manifest.value = body.state
      if (appended.length === 0 || readers === 0) return
      meanwhile.push(...appended)
      held.value = withAppended(held.value, appended)
      latest.value = appended.at(-1) ?? null
    },
    renewed() {
      if (readers > 0) void read()
    },
  })

  return {
    entries: computed(() => held.value.items),
    warnings: computed(() => held.value.warnings),
    hasOlder: computed(() => held.value.cursor !== null),
    manifest,
    reading,
    problem,
    latest,
    readingOlder: older.state,
    olderProblem: older.problem,
    open,
    read,
    readOlder,
  }
})

/** A page with at least one entry, where there is one not too far back. */
async function pageOf(cursor?: string): Promise<ManifestPage & { readonly state: ManifestState }> {
  let page = await api.beadsHistory(cursor)
  for (let more = 1; more < mostEmptyPages && page.items.length === 0 && page.cursor !== null; more++) {
    const before = await api.beadsHistory(page.cursor)
    page = { ...withOlder(page, before), state: before.state }
  }
  return page
}
