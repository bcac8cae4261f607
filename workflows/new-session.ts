import type { Actor } from '../model/actor.ts'
import { rulesOf } from '../model/agent.ts'
import type { Admission } from '../model/dispatch.ts'
import { emptyDigest } from '../model/fact.ts'
import { branchOf } from '../model/session.ts'
import type { DispatchItem, DispatchState } from '../temporal/contracts/dispatch.ts'
import { nothingPublished } from '../temporal/contracts/publishing.ts'
import type { SessionState } from '../temporal/contracts/session.ts'

/** What a session is begun for. */
export interface Begun {
  readonly id: string
  readonly item: DispatchItem
  /** Of its bead. */
  readonly title: string
  readonly actor: Actor
}

/** The state in which a session begins that was admitted. */
export function newSession(
  { project, timing }: Pick<DispatchState, 'project' | 'timing'>,
  { id, item, title, actor }: Begun,
  admission: Extract<Admission, { admitted: true }>,
): SessionState {
  return {
    schema: 1,
    base: admission.repository.base,
    rules: rulesOf(admission.agent),
    timing,
    item,
    view: {
      id,
      project,
      bead: item.bead,
      beadTitle: title,
      repository: admission.repository.id,
      host: admission.host,
      agent: admission.agent.name,
      status: 'initializing',
      note: '',
      waitsForHost: false,
      closeReason: null,
      fence: 1,
      branch: branchOf(item.bead),
      worktree: null,
      startedBy: actor,
      startedAt: new Date().toISOString(),
      endedAt: null,
      digest: emptyDigest,
      openEscalations: [],
      integratedAs: null,
    },
    phase: 'claiming',
    claimed: false,
    brief: null,
    cursor: 0,
    dialog: null,
    agentSession: null,
    relaunches: 0,
    questions: [],
    answers: [],
    dirty: 'refuse',
    moved: null,
    integrateAnyway: false,
    endRequest: null,
    hostAway: false,
    askedAbout: null,
    left: null,
    ending: null,
    says: [],
    applied: {},
    raised: 0,
    publishing: nothingPublished(Date.now()),
  }
}
