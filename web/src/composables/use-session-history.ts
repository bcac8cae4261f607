import type { Ref } from 'vue'
import { computed, shallowRef, watch } from 'vue'
import type { GembaEvent } from '../../../model/event.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import type { HistoryPage } from '../domain/session-events.ts'
import { isAbout, mergeEvents, renewed } from '../domain/session-events.ts'
import { historyOf } from '../domain/session-history.ts'
import { useHappenings } from '../stores/happenings.ts'
import { useRequest } from './use-request.ts'

const nothing: HistoryPage = { items: [], cursor: null }

/**
 * What happened to a session, without gap or repeat: the newest page, then the stream's events, older pages on demand.
 * The stream is followed before the first page is asked for, and after it was away the newest page is read again.
 */
export function useSessionHistory(session: Ref<string>) {
  const held = shallowRef(nothing)
  const state = shallowRef<'loading' | 'shown' | 'failed'>('loading')
  const problem = shallowRef<Problem | null>(null)
  const older = useRequest()
  let reads = 0
  let meanwhile: GembaEvent[] = []

  useHappenings().follow({
    events(events) {
      const mine = events.filter((event) => isAbout(session.value, event))
      if (mine.length === 0) return
      meanwhile.push(...mine)
      held.value = { ...held.value, items: mergeEvents(held.value.items, mine) }
    },
    renewed: () => void readNewest(),
  })

  /** A read that a later one has overtaken changes nothing. */
  async function readNewest(): Promise<void> {
    const mine = (reads += 1)
    meanwhile = []
    const answer = await api.sessionEvents(session.value).then(
      (page) => ({ page }),
      (error: unknown) => ({ problem: toProblem(error) }),
    )
    if (mine !== reads) return
    if ('page' in answer) held.value = renewed(held.value, answer.page, meanwhile)
    problem.value = 'page' in answer ? null : answer.problem
    state.value = 'page' in answer ? 'shown' : 'failed'
  }

  async function readOlder(): Promise<void> {
    const { cursor } = held.value
    const mine = reads
    if (cursor === null) return
    await older.run(async () => {
      const page = await api.sessionEvents(session.value, cursor)
      if (mine !== reads) return
      held.value = { items: mergeEvents(page.items, held.value.items), cursor: page.cursor }
    })
  }

  watch(
    session,
    () => {
      held.value = nothing
      state.value = 'loading'
      older.reset()
      void readNewest()
    },
    { immediate: true },
  )

  return {
    entries: computed(() => historyOf(held.value.items, held.value.cursor === null)),
    hasOlder: computed(() => held.value.cursor !== null),
    state,
    problem,
    older,
    readNewest,
    readOlder,
  }
}
