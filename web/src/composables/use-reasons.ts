import { computed, inject, provide, type InjectionKey } from 'vue'
import type { BeadSummary } from '../../../model/bead.ts'
import type { Frees, Reason } from '../domain/waiting.ts'
import { freesOf, reasonOf } from '../domain/waiting.ts'
import { useBeads } from '../stores/beads.ts'
import { useEscalations } from '../stores/escalations.ts'
import { useHosts } from '../stores/hosts.ts'
import { useProject } from '../stores/project.ts'
import { useSessions } from '../stores/sessions.ts'
import { useNow } from './use-now.ts'
import { useProfile } from './use-profile.ts'

interface Reasons {
  reasonFor(bead: BeadSummary): Reason | null
  freesFor(bead: BeadSummary): Frees | null
}

const key: InjectionKey<Reasons> = Symbol('reasons')

/** Why beads wait and what they hold back, as things stand now. */
export function useReasons(): Reasons {
  return inject(key, reasonsAnew, true)
}

/** What `useReasons` gives to everything within: made once for a list, and not for each of its rows. */
export function provideReasons(): void {
  provide(key, reasonsAnew())
}

function reasonsAnew(): Reasons {
  const beads = useBeads()
  const find = beads.finder()
  const sessions = useSessions()
  const escalations = useEscalations()
  const hosts = useHosts()
  const project = useProject()
  const now = useNow()

  const profile = useProfile()
  const noSeat = computed(() => {
    if (!profile.has('dispatch')) return null
    const most = project.capabilities?.project.maxSessions
    if (!hosts.all.some((host) => host.status === 'online' || host.status === 'degraded')) return 'no host is online'
    return most !== undefined && sessions.open.length >= most ? `all ${most} seats are taken` : ''
  })

  function reasonFor(bead: BeadSummary): Reason | null {
    const session = sessions.openByBead.get(bead.id)
    return reasonOf(bead, {
      bead: find,
      session,
      question: session === undefined ? '' : (escalations.openOf(session.id)[0]?.title ?? ''),
      host: session === undefined ? undefined : hosts.get(session.host),
      parkedWhy: beads.parked.get(bead.id)?.why,
      children: beads.children.get(bead.id),
      noSeat: noSeat.value,
      now: now.value,
    })
  }

  function freesFor(bead: BeadSummary): Frees | null {
    return freesOf(bead, find)
  }

  return { reasonFor, freesFor }
}
