import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { EscalationView } from '../../../model/escalation.ts'

const order: Readonly<Record<EscalationView['state'], number>> = {
  open: 0,
  decided: 1,
  delivered: 2,
  unconfirmed: 2,
  moot: 2,
}

export const useEscalations = defineStore('escalations', () => {
  const held = shallowRef(new Map<string, EscalationView>())

  /** Blocking before advisory, then the one that has waited longest. */
  const open = computed(() =>
    [...held.value.values()]
      .filter((escalation) => escalation.state === 'open')
      .sort((a, b) => rank(a) - rank(b) || (a.createdAt < b.createdAt ? -1 : 1)),
  )
  /** Newest first. */
  const settled = computed(() =>
    [...held.value.values()]
      .filter((escalation) => escalation.state !== 'open')
      .sort((a, b) => ((a.decision?.at ?? a.createdAt) < (b.decision?.at ?? b.createdAt) ? 1 : -1)),
  )

  function get(id: string): EscalationView | undefined {
    return held.value.get(id)
  }

  /** The open questions of a session, the most pressing first. */
  function openOf(session: string): readonly EscalationView[] {
    return open.value.filter((escalation) => escalation.session === session)
  }

  function replace(escalations: readonly EscalationView[]): void {
    held.value = new Map(escalations.map((escalation) => [escalation.id, escalation]))
  }

  /** States only go forward. True when this opened a question that was not known. */
  function apply(escalation: EscalationView): boolean {
    const before = held.value.get(escalation.id)
    if (before !== undefined && order[escalation.state] < order[before.state]) return false
    held.value.set(escalation.id, escalation)
    triggerRef(held)
    return before === undefined && escalation.state === 'open'
  }

  return { open, settled, get, openOf, replace, apply }
})

function rank(escalation: EscalationView): number {
  return escalation.urgency === 'blocking' ? 0 : 1
}
