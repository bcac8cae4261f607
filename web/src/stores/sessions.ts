import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { SessionView } from '../../../model/session.ts'
import { isEnded } from '../../../model/session.ts'

export const useSessions = defineStore('sessions', () => {
  const held = shallowRef(new Map<string, SessionView>())

  /** Open ones first, then the newest. */
  const all = computed(() => [...held.value.values()].sort(openThenNewest))
  const open = computed(() => all.value.filter((session) => !isEnded(session.status)))
  const openByBead = computed(() => new Map(open.value.map((session) => [session.bead, session])))

  function get(id: string): SessionView | undefined {
    return held.value.get(id)
  }

  function ofBead(bead: string): readonly SessionView[] {
    return all.value.filter((session) => session.bead === bead)
  }

  function replace(sessions: readonly SessionView[]): void {
    held.value = new Map(sessions.map((session) => [session.id, session]))
  }

  /** An ended session does not open again: a late event about it is dropped. */
  function apply(session: SessionView): void {
    const before = held.value.get(session.id)
    if (before !== undefined && isEnded(before.status) && !isEnded(session.status)) return
    held.value.set(session.id, session)
    triggerRef(held)
  }

  return { all, open, openByBead, get, ofBead, replace, apply }
})

function openThenNewest(a: SessionView, b: SessionView): number {
  return Number(isEnded(a.status)) - Number(isEnded(b.status)) || (a.startedAt < b.startedAt ? 1 : -1)
}
