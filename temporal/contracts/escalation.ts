import { defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Actor } from '../../model/actor.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { EndPane } from '../../model/orchestration-plane.ts'
import type { Timing } from '../../model/timing.ts'
import type { Publishing } from './publishing.ts'

/** `escalation/<project>/<session>/<prompt>` or `escalation/<project>/<source>/<ref>`. */
export function escalationWorkflowId(project: string, owner: string, ref: string): string {
  return `escalation/${project}/${owner}/${ref}`
}

/** Which of its session's escalations it is, counted from 1; 0 when it is no session's. */
export function escalationNumber(workflowId: string): number {
  const ref = workflowId.slice(workflowId.lastIndexOf('/') + 1)
  return /^\d{1,9}$/.test(ref) ? Number(ref) : 0
}

/** Who carries out the decision. */
export type Carrier =
  | { readonly kind: 'session'; readonly workflowId: string }
  /** A pane that no session owns: the answer `end` ends it on its host. What the host refuses is put to people. */
  | { readonly kind: 'stray'; readonly host: string; readonly end: EndPane }
  /** A bead held by a session that nobody here knows: the answer `release` gives it back. */
  | { readonly kind: 'holder'; readonly bead: string; readonly session: string }

export interface EscalationState {
  readonly schema: 1
  carrier: Carrier
  readonly timing: Timing
  view: EscalationView
  /** The key of the command that decided. */
  decidedKey: string | null
  publishing: Publishing
}

export interface AnswerUpdate {
  readonly value: string
  readonly text: string
  readonly key: string
  readonly actor: Actor
}

export const answerEscalation = defineUpdate<EscalationView, [AnswerUpdate]>('answer')
export const delivered = defineSignal<[{ outcome: 'delivered' | 'unconfirmed' | 'moot'; note: string }]>('delivered')
export const moot = defineSignal<[{ why: string }]>('moot')
