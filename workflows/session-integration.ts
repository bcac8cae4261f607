import { system } from '../model/actor.ts'
import { holderOf } from '../model/bead.ts'
import type { EscalationOption, EscalationSource } from '../model/escalation.ts'
import type { IntegrateOutcome } from '../model/orchestration-plane.ts'
import { plainName } from '../model/plain-text.ts'
import type { Ending } from '../temporal/contracts/session.ts'
import { failureOf, type KnownFailure } from './failure.ts'
import { revised } from './revised.ts'
import type { SessionContext } from './session-context.ts'
import { answerTo, ask, settle } from './session-questions.ts'

/** `unclosed`: the work is in, and its bead can not be closed. */
type NotIntegrated = Exclude<IntegrateOutcome, { outcome: 'integrated' }> | { outcome: 'unclosed'; why: string }

/**
 * Brings the work of a bead that was reported done into its base and closes the bead. What can not be brought in becomes
 * a question to people. Returns how the session ends, or undefined when it goes on in the phase it was set to.
 */
export async function integrate(context: SessionContext): Promise<Ending | undefined> {
  const { state } = context
  const { view, brief } = state
  const ours = await stillOurs(context)
  if (typeof ours === 'string') return notIntegrated(context, { outcome: 'blocked', why: ours })
  if (!ours) {
    context.setPhase('attending')
    return undefined
  }
  context.show({ status: 'integrating' })
  const request = {
    session: view.id,
    fence: view.fence,
    bead: view.bead,
    title: brief?.title ?? view.beadTitle,
    repository: view.repository,
    dirty: state.dirty,
  }
  const outcome = await context
    .onHost('integrate', () => context.host.integrate(request))
    .catch((error: unknown): IntegrateOutcome => ({ outcome: 'blocked', why: failureOf(error).message }))
  if (outcome === undefined) return undefined
  if (outcome.outcome !== 'integrated') return notIntegrated(context, outcome)
  const digest = { ...view.digest, commits: outcome.commits, filesChanged: outcome.filesChanged }
  context.show({ integratedAs: outcome.commit, digest })
  return closeBead(context, outcome.commit)
}

/**
 * Work is brought in only for a bead that the session still holds, or when a person wants it all the same. A text when
 * nobody can say.
 */
async function stillOurs(context: SessionContext): Promise<boolean | string> {
  const { state, server } = context
  if (state.integrateAnyway || state.view.integratedAs !== null) return true
  const { bead, id } = state.view
  const looked = await server.inspectBeads([bead]).catch(failureIfRevised)
  if ('code' in looked) return looked.message
  const [facts] = looked
  if (facts?.assignee === holderOf(id) && facts.status !== 'closed') return true
  state.moved = { assignee: facts?.assignee ?? null, status: facts?.status ?? 'deleted' }
  return false
}

function failureIfRevised(error: unknown): KnownFailure {
  if (!revised()) throw error
  return failureOf(error)
}

async function closeBead(context: SessionContext, commit: string | null): Promise<Ending | undefined> {
  const { state, server } = context
  const { view } = state
  const closed = await server
    .closeBead({
      bead: view.bead,
      session: view.id,
      reason: reasonFor(commit, state.base),
      actor: state.endRequest?.actor ?? system,
      key: `${view.id}-close`,
    })
    .catch(failureOf)
  if ('code' in closed) return notIntegrated(context, { outcome: 'unclosed', why: closed.message })
  const clean = closed.outcome === 'closed'
  return {
    reason: clean ? 'bead_done' : 'bead_moved',
    note: closed.why,
    left: 'ended',
    removeWorktree: true,
    keepBead: true,
  }
}

/** Asks a person what is to become of work that could not be integrated, and does it. */
async function notIntegrated(context: SessionContext, outcome: NotIntegrated): Promise<Ending | undefined> {
  const { state } = context
  const question = questionAbout(outcome, state.base)
  context.show({ status: 'stalled', note: question.title })
  const { source, title, text } = question
  const escalation = await ask(context, { source, title, text, screenDigest: null, ask: null }, question.options, false)
  const answer = await answerTo(context, escalation, () => state.endRequest?.mode === 'canceled')
  if (answer === undefined) return { reason: 'user_stop', note: 'Ended before its work was integrated.', left: 'ended' }
  state.dirty = answer.value === 'commit' || answer.value === 'discard' ? answer.value : 'refuse'
  // Before anything is waited for: who asks from here on to end it is heard.
  if (answer.value === 'back' && state.endRequest?.mode === 'completed' && revised()) state.endRequest = null
  await settle(context, escalation, 'delivered', '')
  if (answer.value === 'stop') return { reason: 'user_stop', note: `Ended by ${answer.by}.`, left: 'ended' }
  if (answer.value !== 'back') return undefined
  const plea = 'Please resolve this in your worktree, commit, and report the bead done again.'
  context.queueSay(`${escalation}-back`, `${title} ${text}\n${plea}`)
  if (!revised()) state.endRequest = null
  context.setPhase('attending')
  return undefined
}

function reasonFor(commit: string | null, base: string): string {
  if (commit === null) return 'Done; there was nothing to integrate.'
  return `Done; integrated into ${base} as ${commit.slice(0, 12)}.`
}

/** Names of files for people; a file may be called anything. */
function listed(files: readonly string[]): string {
  return files.map(plainName).join('\n')
}

interface Question {
  readonly source: EscalationSource
  readonly title: string
  readonly text: string
  readonly options: readonly EscalationOption[]
}

const retry: EscalationOption = { value: 'retry', label: 'Try again', tone: 'positive' }
const back: EscalationOption = { value: 'back', label: 'Send back to the agent', tone: 'neutral' }
const stop: EscalationOption = { value: 'stop', label: 'End the session, keep its worktree', tone: 'negative' }

function questionAbout(outcome: NotIntegrated, base: string): Question {
  switch (outcome.outcome) {
    case 'dirty':
      return {
        source: 'bead_done_with_dirty_worktree',
        title: 'The bead was reported done with uncommitted changes.',
        text: listed(outcome.files),
        options: [
          { value: 'commit', label: 'Commit them', tone: 'positive' },
          { value: 'discard', label: 'Leave them out', tone: 'destructive' },
          back,
          stop,
        ],
      }
    case 'conflict':
      return {
        source: 'integration_conflict',
        title: `The work conflicts with ${base}.`,
        text: listed(outcome.files),
        options: [retry, back, stop],
      }
    case 'blocked':
      return {
        source: 'integration_blocked',
        title: `The work could not be brought into ${base}.`,
        text: outcome.why,
        options: [retry, back, stop],
      }
    case 'unclosed':
      return {
        source: 'integration_blocked',
        title: `The work is in ${base}, and the bead could not be closed.`,
        text: outcome.why,
        options: [
          { ...retry, label: 'Try to close it again' },
          { ...stop, label: 'End the session; the bead is closed as soon as that can be done' },
        ],
      }
    case 'review':
      return {
        source: 'review',
        title: `The branch ${outcome.branch} is pushed and waits to be merged.`,
        text: outcome.url ?? '',
        options: [{ ...retry, label: 'It is merged' }, back, stop],
      }
  }
}
