/** Why a bead waits, and what waits for it, in words. */
import type { BeadSummary } from '../../../model/bead.ts'
import { isWork, sessionOfHolder, wrapperTypes } from '../../../model/bead.ts'
import type { HostView } from '../../../model/host.ts'
import { isAway } from '../../../model/host.ts'
import type { SessionView } from '../../../model/session.ts'
import type { IconName } from '../components/ui/icons.ts'
import { dayOf } from './time.ts'
import type { Tone } from './words.ts'
import { laneTitle } from './words.ts'

export interface Reason {
  readonly icon: IconName
  readonly tone: Tone
  readonly text: string
  /** More than fits on a card, for its title. */
  readonly more: string
  /** How much of it is done, from 0 to 1, where that can be told. */
  readonly share?: number
}

/** What of the world decides why a bead waits. */
export interface Surroundings {
  readonly bead: (id: string) => BeadSummary | undefined
  readonly session: SessionView | undefined
  /** The title of the session's open question. */
  readonly question: string
  readonly host: HostView | undefined
  readonly parkedWhy: string | undefined
  readonly children: { readonly done: number; readonly all: number } | undefined
  /** Why nothing can start at all right now; empty when something can; null where nothing is ever started. */
  readonly noSeat: string | null
  readonly now: number
}

const namedAtMost = 2

/** Null when there is nothing to say: it is done, or an agent is at work. */
export function reasonOf(bead: BeadSummary, around: Surroundings): Reason | null {
  if (bead.state === 'completed') return null
  if (around.parkedWhy !== undefined) return reason('park', 'bad', `parked: ${around.parkedWhy}`)
  if (around.session !== undefined) return sessionReason(around.session, around)
  if (bead.state === 'started') return reason('dot', 'plain', holderText(bead, around.noSeat !== null))
  if (bead.blockedBy.length > 0) return blockedReason(bead, around)
  if (wrapperTypes.includes(bead.type)) return wrapperReason(around)
  if (bead.type === 'decision') return reason('fork', 'plain', 'waiting for people to decide')
  if (!isWork(bead.type)) return null
  if (isFuture(bead.deferUntil, around.now))
    return reason('hourglass', 'plain', `deferred until ${dayOf(bead.deferUntil ?? '')}`)
  if (bead.state === 'backlog') return reason('pause', 'plain', bead.status === 'deferred' ? 'deferred' : bead.status)
  if (bead.assignee !== null && bead.assignee !== '') return reason('dot', 'plain', `kept for ${bead.assignee}`)
  if (!bead.ready) return unreadyReason(bead, around)
  if (around.noSeat === null) return reason('dot', 'good', 'ready')
  if (around.noSeat !== '') return reason('hourglass', 'wait', `ready, but ${around.noSeat}`)
  return reason('dot', 'good', 'ready to start')
}

function sessionReason(session: SessionView, around: Surroundings): Reason | null {
  const { status, note, openEscalations } = session
  if (session.waitsForHost || (around.host !== undefined && isAway(around.host.status)))
    return reason('plug', 'bad', hostText(session, around.host))
  if (openEscalations.length > 0 || status === 'prompting')
    return reason('hand', 'wait', `waiting for an answer: ${around.question === '' ? note : around.question}`)
  if (note === '') return null
  if (status === 'stalled') return reason('alert', 'wait', `stuck: ${note}`)
  if (status === 'suspended') return reason('pause', 'wait', `paused: ${note}`)
  return reason('comment', 'plain', note)
}

function hostText({ host }: SessionView, known: HostView | undefined): string {
  const state = known === undefined || !isAway(known.status) ? 'not answering' : known.status
  return `its host ${known?.label ?? host} is ${state}; the agent goes on when the host is back`
}

function blockedReason({ blockedBy }: BeadSummary, around: Surroundings): Reason {
  const rest = blockedBy.length - namedAtMost
  const named = blockedBy.slice(0, namedAtMost).join(', ')
  const more = blockedBy.map((id) => describe(id, around.bead(id))).join('\n')
  return { ...reason('blocked', 'wait', `blocked by ${named}${rest > 0 ? ` and ${rest} more` : ''}`), more }
}

function wrapperReason({ children }: Surroundings): Reason {
  if (children === undefined) return reason('layers', 'plain', 'nothing belongs to it yet')
  const { done, all } = children
  return { ...reason('layers', 'plain', `${done} of ${all} done`), share: done / all }
}

function unreadyReason({ parent }: BeadSummary, around: Surroundings): Reason {
  const above = parent === null ? undefined : around.bead(parent)
  if (above === undefined || above.state === 'completed') return reason('blocked', 'wait', 'not ready yet')
  if (above.blockedBy.length > 0)
    return reason('blocked', 'wait', `its parent ${above.id} is blocked by ${above.blockedBy.join(', ')}`)
  return reason('blocked', 'wait', `its parent ${above.id} is not ready`)
}

function holderText({ assignee, status }: BeadSummary, dispatches: boolean): string {
  if (assignee === null || assignee === '') return status === 'in_progress' ? 'held by nobody' : status
  if (sessionOfHolder(assignee) === undefined) return `held by ${assignee}`
  return dispatches ? 'its session is over; Gemba is giving it back' : 'held by an agent of another Gemba'
}

/** What closing a bead would do for those that wait for it. */
export interface Frees {
  readonly text: string
  readonly more: string
}

/** Those that wait for nothing else become ready; the others wait on. */
export function freesOf(bead: BeadSummary, find: (id: string) => BeadSummary | undefined): Frees | null {
  if (bead.state === 'completed' || bead.blocks.length === 0) return null
  const freed = bead.blocks.filter((id) => find(id)?.blockedBy.every((blocker) => blocker === bead.id) === true)
  const ids = freed.length > 0 ? freed : bead.blocks
  const rest = ids.length - namedAtMost
  const named = `${ids.slice(0, namedAtMost).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  return {
    text: `${freed.length > 0 ? 'closing it frees' : 'holds back'} ${named}`,
    more: ids.map((id) => describe(id, find(id))).join('\n'),
  }
}

function describe(id: string, bead: BeadSummary | undefined): string {
  return bead === undefined ? id : `${id} ${bead.title} (${laneTitle(bead.state)})`
}

function isFuture(iso: string | null, now: number): boolean {
  return iso !== null && Date.parse(iso) > now
}

function reason(icon: IconName, tone: Tone, text: string): Reason {
  return { icon, tone, text, more: text }
}
