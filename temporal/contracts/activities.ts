import type {
  BeadBrief,
  AttendedPane,
  AttendPane,
  DeliverAnswer,
  DeliveryOutcome,
  EndedPane,
  EndPane,
  Integrate,
  IntegrateOutcome,
  SayToPane,
  StartedPane,
  StartPane,
} from '../../model/orchestration-plane.ts'
import type { Actor } from '../../model/actor.ts'
import type { Publication } from '../../model/event.ts'

/**
 * What workflows ask of the world. A `GembaError` reaches the workflow as an `ApplicationFailure` whose type is the
 * code and whose first detail is the parameters; `temporal/contracts/retry.ts` says which codes are tried again.
 */
export interface ServerActivities {
  /** Facts for admission, one per known id. */
  inspectBeads(ids: readonly string[]): Promise<BeadFacts[]>
  claimBead(request: ClaimBead): Promise<ClaimOutcome>
  /** `closed` also when it was closed before; `moved` when somebody else holds it now. */
  closeBead(request: CloseBead): Promise<{ outcome: 'closed' | 'moved'; why: string }>
  /** False when it was no longer ours. */
  releaseBead(request: { bead: string; session: string; actor: Actor; key: string }): Promise<boolean>
  publish(publication: Publication): Promise<PublishedBefore | null>
}

/** The record is newer than what was published; null when it is not. */
export interface PublishedBefore {
  /** The revision of the record. */
  readonly recorded: number
  /** Whether the events are in the log all the same. */
  readonly heard: boolean
}

export interface BeadFacts {
  readonly id: string
  readonly title: string
  readonly type: string
  readonly status: string
  readonly assignee: string | null
  readonly labels: readonly string[]
  readonly blockedBy: readonly string[]
}

export interface ClaimBead {
  readonly bead: string
  readonly session: string
  readonly actor: Actor
  readonly key: string
}

export type ClaimOutcome =
  | { readonly claimed: true; readonly bead: BeadBrief }
  | { readonly claimed: false; readonly holder: string | null; readonly status: string }

export interface CloseBead {
  readonly bead: string
  readonly session: string
  readonly reason: string
  readonly actor: Actor
  readonly key: string
}

/** On the task queue of one host (`hostQueue`). */
export interface HostActivities {
  startPane(request: StartPane): Promise<StartedPane>
  attendPane(request: AttendPane): Promise<AttendedPane>
  deliverAnswer(request: DeliverAnswer): Promise<DeliveryOutcome>
  sayToPane(request: SayToPane): Promise<DeliveryOutcome>
  integrate(request: Integrate): Promise<IntegrateOutcome>
  endPane(request: EndPane): Promise<EndedPane>
}

/** The queue that the server's workers poll, for workflows and server activities. */
export function serverQueue(project: string): string {
  return `gemba-${project}`
}

export function hostQueue(host: string): string {
  return `host-${host}`
}
