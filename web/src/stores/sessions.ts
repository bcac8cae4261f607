import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { SessionView } from '../../../model/session.ts'
import { isEnded } from '../../../model/session.ts'
import type { SessionChange } from '../domain/timeline.ts'

const changesKept = 200

export const useSessions = defineStore('sessions', () => {
  const held = shallowRef(new Map<string, SessionView>())
  const changes = shallowRef(new Map<string, readonly SessionChange[]>())

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
  function apply(session: SessionView, at: string): void {
    const before = held.value.get(session.id)
    if (before !== undefined && isEnded(before.status) && !isEnded(session.status)) return
    held.value.set(session.id, session)
    triggerRef(held)
    if (before?.status === session.status && before.note === session.note) return
    const seen = changes.value.get(session.id) ?? []
    changes.value.set(session.id, [...seen, { at, status: session.status, note: session.note }].slice(-changesKept))
    triggerRef(changes)
  }

  function changesOf(id: string): readonly SessionChange[] {
    return changes.value.get(id) ?? []
  }

  return { all, open, openByBead, get, ofBead, replace, apply, changesOf }
})

function openThenNewest(a: SessionView, b: SessionView): number {
  return Number(isEnded(a.status)) - Number(isEnded(b.status)) || (a.startedAt < b.startedAt ? 1 : -1)
}
