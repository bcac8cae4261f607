import { holderOf } from '../../model/bead.ts'
import type { BeadDetail } from '../../model/bead.ts'
import type { EscalationView } from '../../model/escalation.ts'
import type { NewEvent, Snapshot } from '../../model/event.ts'
import { emptyDigest } from '../../model/fact.ts'
import type { Project } from '../../model/project.ts'
import type { SessionView } from '../../model/session.ts'
import { defaultTiming } from '../../model/timing.ts'

export const at = '2026-11-20T12:00:00.000Z'

export const project: Project = {
  id: 'example',
  name: 'Example',
  prefix: 'gm',
  repositories: [{ id: 'main', base: 'main', integration: 'merge', prefixes: ['gm'] }],
  agents: [],
  defaultAgent: 'scripted',
  maxSessions: 3,
  timing: defaultTiming,
}
export function emptyBead(id: string): BeadDetail {
  return {
    id,
    title: id,
    status: 'open',
    state: 'unstarted',
    priority: 2,
    type: 'task',
    assignee: null,
    labels: [],
    parent: null,
    blockedBy: [],
    blocks: [],
    ready: true,
    createdAt: at,
    updatedAt: at,
    modifiedAt: at,
    closedAt: null,
    deferUntil: null,
    hasAcceptance: false,
    commentCount: 0,
    revision: 0,
    description: '',
    design: '',
    acceptance: '',
    notes: '',
    owner: '',
    createdBy: '',
    closeReason: '',
    externalRef: null,
    estimatedMinutes: null,
    dueAt: null,
    startedAt: null,
    metadata: {},
    dependencies: [],
    dependents: [],
    comments: [],
    etag: `${id}-0`,
  }
}
/** The snapshot of a session on host `local`, holding `bead`. */
export function sessionSnapshot(id: string, bead: string, open = true, revision = 1): Snapshot {
  const view: SessionView = {
    id,
    project: project.id,
    bead,
    beadTitle: bead,
    repository: 'main',
    host: 'local',
    agent: 'scripted',
    status: open ? 'working' : 'completed',
    note: '',
    waitsForHost: false,
    closeReason: open ? null : 'bead_done',
    fence: 1,
    branch: `bead/${bead}`,
    worktree: null,
    startedBy: { name: 'ada', via: 'console' },
    startedAt: at,
    endedAt: open ? null : at,
    digest: emptyDigest,
    openEscalations: [],
    integratedAs: null,
  }
  return { kind: 'session', id, project: project.id, schema: 1, revision, open, view, state: null }
}

export function escalationSnapshot(id: string, open = true, revision = 1): Snapshot {
  const view: EscalationView = {
    id,
    project: project.id,
    source: 'question',
    urgency: 'blocking',
    session: 's1',
    bead: 'gm-1',
    host: 'local',
    title: 'Which?',
    text: '',
    options: [],
    freeText: true,
    createdAt: at,
    state: open ? 'open' : 'decided',
    decision: null,
    note: '',
  }
  return { kind: 'escalation', id, project: project.id, schema: 1, revision, open, view, state: null }
}

export function releasedEvent(revision: number): NewEvent {
  return {
    source: 'test',
    sourceRevision: revision,
    at,
    actor: { name: 'gemba', via: 'system' },
    body: { kind: 'bead.released', bead: `gm-${revision}`, session: holderOf('s1'), why: '' },
  }
}

export function changedEvent(session: string, revision: number): NewEvent {
  const view = sessionSnapshot(session, 'gm-1').view as SessionView
  return {
    source: `session/example/${session}`,
    sourceRevision: revision,
    at,
    actor: { name: 'ada', via: 'console' },
    body: { kind: 'session.changed', session: view },
  }
}
