import { system } from '../model/actor.ts'
import { holderOf } from '../model/bead.ts'
import type { EscalationRequest } from '../model/escalation.ts'
import type { Project } from '../model/project.ts'
import type { HostPane, ReconcileAction } from '../model/reconcile.ts'
import { escalationWorkflowId } from '../temporal/contracts/escalation.ts'
import type { Processes } from '../temporal/processes.ts'
import type { ReconcilerDeps } from './reconciler.ts'

/** A fence that no session reaches: whoever ends a stray pane is in charge of it. */
const anyFence = Number.MAX_SAFE_INTEGER

/** Mends one disagreement. Each action looks again, or changes nothing when it is no longer needed. */
export async function carryOut(action: ReconcileAction, deps: ReconcilerDeps, processes: Processes): Promise<void> {
  switch (action.kind) {
    case 'reattach':
      return processes.reattach(action.session)
    case 'release':
      return release(action.bead, action.session, deps)
    case 'close':
      return close(action.bead, action.session, deps)
    case 'unknown-holder':
      return askAboutHolder(action.bead, action.session, deps, processes)
    case 'free-seat':
      return processes.freeSeat(action.session, action.bead)
    case 'moot':
      return processes.moot(action.escalation, action.why)
    case 'lost':
      return deps.restorer.mend(processes, action.record)
    case 'relic':
      return processes.endRelic(action.session)
    case 'bead-moved':
      return beadMoved(action.session, action.bead, deps, processes)
    case 'end-pane':
    case 'stray':
      return stray(action.pane, action.kind === 'end-pane', deps, processes)
  }
}

export function strayQuestionId(project: Project, pane: Pick<HostPane, 'host' | 'session'>): string {
  return escalationWorkflowId(project.id, 'stray_pane', `${pane.host}-${pane.session}`)
}

export function holderQuestionId(project: Project, bead: string, session: string): string {
  return escalationWorkflowId(project.id, 'unknown_holder', `${bead}-${session}`)
}

async function release(bead: string, session: string, { work, store }: ReconcilerDeps): Promise<void> {
  const released = await work.release(bead, holderOf(session), {
    actor: system,
    key: `reconcile-release-${session}-${bead}`,
  })
  if (!released) return
  await store.append([
    {
      source: `reconcile/${session}/${bead}`,
      sourceRevision: 1,
      at: new Date().toISOString(),
      actor: system,
      body: { kind: 'bead.released', bead, session, why: 'No session and no pane were left that worked on it.' },
    },
  ])
}

/** Its work is in, so it is not given back to be done again. */
async function close(bead: string, session: string, deps: ReconcilerDeps): Promise<void> {
  const { work } = deps
  const now = await work.get(bead)
  if (now.assignee !== holderOf(session) || now.status === 'closed') return
  const write = { actor: system, key: `reconcile-close-${session}-${bead}` }
  const after = await work.close(bead, { reason: 'Done; its work was integrated.', session, force: true }, write)
  // It was closed so before, and somebody has opened it again.
  if (after.status !== 'closed') await release(bead, session, deps)
}

async function beadMoved(session: string, bead: string, { work }: ReconcilerDeps, processes: Processes): Promise<void> {
  const now = (await work.summaries([bead])).find((found) => found.id === bead)
  await processes.beadMoved(session, { assignee: now?.assignee ?? null, status: now?.status ?? 'deleted' })
}

/** Another Gemba may work on the same database, and its beads are not ours to give back. */
async function askAboutHolder(
  bead: string,
  session: string,
  { project }: ReconcilerDeps,
  processes: Processes,
): Promise<void> {
  const request: EscalationRequest = {
    id: holderQuestionId(project, bead, session),
    project: project.id,
    source: 'unknown_holder',
    urgency: 'advisory',
    session: null,
    bead,
    host: null,
    title: `${bead} is held by session ${session}, which is not known here.`,
    text: 'Another Gemba may be working on it. When there is none, nobody is: then give it back.',
    options: [
      { value: 'leave', label: 'Leave it', tone: 'neutral' },
      { value: 'release', label: 'Give it back', tone: 'destructive' },
    ],
    freeText: false,
    createdAt: new Date().toISOString(),
  }
  await processes.escalate(request, { kind: 'holder', bead, session }, null)
}

/** A pane that no session owns: a person decides, unless its host finds that nothing is lost by ending it. */
async function stray(
  pane: HostPane,
  harmless: boolean,
  { project }: ReconcilerDeps,
  processes: Processes,
): Promise<void> {
  const end = {
    session: pane.session,
    fence: anyFence,
    repository: pane.repository,
    bead: pane.bead,
    graceMs: project.timing.endGrace,
    removeWorktree: harmless,
    onlyIntegrated: harmless,
  }
  const request: EscalationRequest = {
    id: strayQuestionId(project, pane),
    project: project.id,
    source: 'stray_pane',
    urgency: 'blocking',
    session: null,
    bead: pane.bead,
    host: pane.host,
    title: `A pane is running for ${pane.bead} that no session owns.`,
    text: 'It may hold work that is not integrated. Ending it keeps its worktree.',
    options: [
      { value: 'end', label: 'End the pane', tone: 'destructive' },
      { value: 'leave', label: 'Leave it running', tone: 'neutral' },
    ],
    freeText: false,
    createdAt: new Date().toISOString(),
  }
  const decision = harmless ? { value: 'end', text: '', by: system.name, via: system.via, at: request.createdAt } : null
  await processes.escalate(request, { kind: 'stray', host: pane.host, end }, decision)
}
