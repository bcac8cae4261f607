import { defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Actor } from '../../model/actor.ts'
import type { AgentRules } from '../../model/agent.ts'
import type { EscalationSource } from '../../model/escalation.ts'
import type { BeadBrief } from '../../model/orchestration-plane.ts'
import type { CloseReason, SessionView } from '../../model/session.ts'
import type { Timing } from '../../model/timing.ts'
import type { DispatchItem, SeatLeft } from './dispatch.ts'
import type { Publishing } from './publishing.ts'

/** `session/<project>/<id>`: one agent in one pane. */
export function sessionWorkflowId(project: string, session: string): string {
  return `session/${project}/${session}`
}

/** Where the session is in its life; a run that begins goes on from here. */
export type SessionPhase = 'claiming' | 'starting' | 'attending' | 'integrating' | 'ending' | 'over'

/** What a session asks of its host. */
export type HostTask = 'start' | 'attend' | 'integrate' | 'end'

/** How a session ends. */
export interface Ending {
  readonly reason: CloseReason
  readonly note: string
  readonly left: SeatLeft['outcome']
  /** There is no pane to end. */
  readonly noPane?: boolean
  readonly removeWorktree?: boolean
  /** The bead is closed, or somebody else's: nothing to give back. */
  readonly keepBead?: boolean
}

/** A question that a person was asked and that has not been settled. */
export interface OpenQuestion {
  readonly escalation: string
  readonly source: EscalationSource
  readonly title: string
  readonly text: string
  readonly screenDigest: string | null
  /** Frame number of the agent's ask; null for what is not an ask. */
  readonly ask: number | null
  /** Whether the agent that asked it is still there to hear the answer. A relaunched agent that asks the same again revives it. */
  readonly live: boolean
}

export interface Answer {
  readonly escalation: string
  readonly value: string
  readonly text: string
  readonly by: string
}

export interface EndRequest {
  readonly mode: 'completed' | 'canceled'
  readonly key: string
  readonly actor: Actor
}

/** The whole state of a session: its input, what continue-as-new hands over, and what snapshots keep. */
export interface SessionState {
  readonly schema: 1
  /** The branch that its work is brought to, as people are told; the host goes by its own configuration. */
  readonly base: string
  readonly rules: AgentRules
  readonly timing: Timing
  view: SessionView
  /** What the dispatcher was asked for, so that a failed start can be asked for again. */
  readonly item: DispatchItem
  phase: SessionPhase
  claimed: boolean
  brief: BeadBrief | null
  /** Byte offset in the frames file up to which facts are known. */
  cursor: number
  /** `screenDigest` of the dialog that stands on the agent's screen, as far as facts and delivered answers say. */
  dialog: string | null
  agentSession: string | null
  relaunches: number
  questions: readonly OpenQuestion[]
  /** Answers that were decided and not yet delivered. */
  answers: readonly Answer[]
  dirty: 'refuse' | 'commit' | 'discard'
  /** Who has its bead now, until people have said what is to become of it. */
  moved: { readonly assignee: string | null; readonly status: string } | null
  /** A person wants the work brought in although the bead is no longer held. */
  integrateAnyway: boolean
  endRequest: EndRequest | null
  /** Whether its host is offline, as the dispatcher has said last. */
  hostAway: boolean
  /** With what it waits for its host, as people were told since the host went offline. */
  askedAbout: HostTask | null
  /** Who has given its host up: what it still asks of it is no longer waited for. */
  left: { readonly by: string } | null
  /** How it ends, once that is decided. */
  ending: Ending | null
  /** Texts that people want typed and that have not been yet. */
  says: readonly { readonly key: string; readonly text: string }[]
  applied: Readonly<Record<string, true>>
  /** Escalations raised so far; part of the id of the next. */
  raised: number
  publishing: Publishing
}

export const endSession = defineUpdate<void, [EndRequest]>('end')
export const saySession = defineUpdate<void, [{ key: string; text: string; actor: Actor }]>('say')
export const answerSession = defineSignal<[Answer]>('answer')
export const beadMoved = defineSignal<[{ assignee: string | null; status: string }]>('beadMoved')
/** Its host has gone offline, or is back. */
export const holdSession = defineSignal<[{ away: boolean }]>('hold')
export const reattach = defineSignal('reattach')
