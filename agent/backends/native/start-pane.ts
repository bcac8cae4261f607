import type { AgentType, Repository } from '../../../model/agent.ts'
import { GembaError } from '../../../model/error.ts'
import type { StartedPane, StartPane } from '../../../model/orchestration-plane.ts'
import { writeFileAtomic } from '../../atomic-file.ts'
import { sessionSettings } from '../../claude-code.ts'
import { endTornLine, framesLength } from '../../frames.ts'
import { composePreamble, readLayers } from '../../preamble.ts'
import { endFamily } from '../../process-family.ts'
import type { Worktree } from '../../repository/worktree.ts'
import { childEnvironment, agentProgram, launcherText, type SessionVariables } from './launch.ts'
import { isLiving } from './living-panes.ts'
import { isShown, markerOf, type NativeContext } from './native-context.ts'
import { newRecord, type SessionFiles, type SessionRecord } from './session-record.ts'
import type { Pane } from './terminals.ts'

/** How long an agent of an earlier attempt may take to end when its terminal hangs up. */
const hangUpMs = 1_000
/** Linux refuses single arguments of 128 KiB. */
const longestArgument = 100_000
const beadId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/

/** A start whose agent and repository were found on this host. */
interface Start extends Omit<StartPane, 'agent' | 'repository'> {
  readonly agent: AgentType
  readonly repository: Repository
}

/**
 * Launches the agent once for a fence: a repetition gets the same answer, a higher fence first makes sure that nothing
 * of the earlier launch lives.
 */
export async function startPane(context: NativeContext, request: StartPane): Promise<StartedPane> {
  const { session, fence } = request
  const earlier = context.store.read(session)
  if (!beadId.test(request.bead.id)) throw new GembaError('bad_request', { why: 'that is no bead id' })
  if (earlier !== undefined && fence < earlier.fence) throw new GembaError('fence_stale', { session })
  if (earlier?.state === 'ended') throw new GembaError('session_closed', { session })
  if (earlier?.fence === fence && earlier.state === 'running') return startedPane(earlier)

  const start = resolved(context, request)
  const { agent, repository, bead } = start
  const { PATH = '' } = childEnvironment({ env: context.env, bin: context.bin, agent, gemba: {} })
  const program = agentProgram(agent, PATH)
  if (earlier?.fence === fence) {
    const launched = await adopt(context, earlier)
    if (launched !== undefined) return startedPane(launched)
  }
  await refuseSecondAgent(context, start)
  // Before anything is started: what is missing for integrating would else be noticed after all the work.
  await context.repositories.requireUsable(repository)
  context.store.write({ ...draftRecord(start), pane: earlier?.pane ?? null })
  await endEarlier(context, session, earlier)
  const worktree = await context.repositories.ensureWorktree({ repository, bead: bead.id })
  return startedPane(await launch(context, start, worktree, program, earlier !== undefined))
}

/** The definitions of today, also for a session that began under others; its rules stay the ones it began with. */
function resolved({ definitions }: NativeContext, request: StartPane): Start {
  const agent = { ...definitions.agent(request.agent), ...request.rules }
  return { ...request, agent, repository: definitions.repository(request.repository) }
}

/** A pane that its session left behind may still work in the bead's worktree: a person ends it first. */
async function refuseSecondAgent(context: NativeContext, { session, repository, bead }: Start): Promise<void> {
  for (const other of context.store.all()) {
    if (other.state === 'ended' || other.session === session) continue
    if (other.bead !== bead.id || other.repository !== repository.id || !(await isLiving(context, other))) continue
    throw new GembaError('bead_in_session', { bead: bead.id, session: other.session })
  }
}

async function launch(
  context: NativeContext,
  request: Start,
  worktree: Worktree,
  program: readonly string[],
  again: boolean,
): Promise<SessionRecord> {
  const files = context.store.files(request.session)
  endTornLine(files.frames)
  const earlier = [
    worktree.note,
    again ? 'An earlier run of yours ended in the middle: look at what is there and go on.' : '',
  ]
  const { bead, repository, agent } = request
  const preamble = { bead, repository, agent, worktree: worktree.path, branch: worktree.branch }
  const text = composePreamble({
    ...preamble,
    layers: readLayers(repository),
    earlier: earlier.filter(Boolean).join('\n'),
  })
  writeFileAtomic(files.preamble, text)
  writeFileAtomic(files.settings, sessionSettings(files.preamble, context.withheld))
  const gemba = gembaVariables(request, files)
  const env = childEnvironment({ env: context.env, bin: context.bin, agent, gemba })
  const command = [...program, ...agentArguments(request, files, text)]
  writeFileAtomic(files.launcher, launcherText(files.launcher, worktree.path, env, command))

  const prepared: SessionRecord = {
    ...draftRecord(request),
    worktree: worktree.path,
    branch: worktree.branch,
    note: worktree.note,
    cursor: framesLength(files.frames),
  }
  context.store.write(prepared)
  return keep(context, prepared, await context.terminals.launch(windowName(prepared), files.launcher))
}

/** A launch whose end we did not see: its window is found by its name. */
async function adopt(context: NativeContext, record: SessionRecord): Promise<SessionRecord | undefined> {
  const [pane] = await context.terminals.find(windowName(record))
  return pane === undefined || record.worktree === '' ? undefined : keep(context, record, pane)
}

function keep(context: NativeContext, record: SessionRecord, pane: Pane): SessionRecord {
  const running: SessionRecord = { ...record, state: 'running', pane }
  context.store.write(running)
  context.folds.delete(record.session)
  context.terminals.feed.bind(pane.pane, record.session)
  return running
}

async function endEarlier(context: NativeContext, session: string, earlier: SessionRecord | undefined): Promise<void> {
  if (earlier === undefined) return
  const left = await context.terminals.find(`gmb-${session}-`)
  const known = earlier.pane === null ? [] : [earlier.pane]
  for (const pane of [...known, ...left]) {
    if (!(await endFamily(pane.process, markerOf(context, session), hangUpMs))) {
      throw new GembaError('internal', { why: `an earlier agent of session ${session} could not be killed` })
    }
    if (isShown(context, pane)) await context.terminals.close(pane)
  }
}

function windowName(record: SessionRecord): string {
  return `gmb-${record.session}-${record.fence}`
}

function draftRecord({ session, fence, bead, repository, agent }: Start): SessionRecord {
  const { hooks, quit } = agent
  return newRecord({ session, fence, state: 'starting', bead: bead.id, repository: repository.id, hooks, quit })
}

function startedPane(record: SessionRecord): StartedPane {
  if (record.pane === null) throw new GembaError('pane_gone', { session: record.session })
  const { worktree, branch, cursor, note } = record
  return { pane: record.pane.pane, pid: record.pane.process.pid, worktree, branch, cursor, note }
}

function gembaVariables(request: Start, files: SessionFiles): SessionVariables {
  return {
    GEMBA_SESSION_ID: request.session,
    GEMBA_AGENT_TYPE: request.agent.name,
    GEMBA_INTERACTION_MODE: request.agent.interactionMode,
    GEMBA_FRAMES: files.frames,
    GEMBA_BEAD: request.bead.id,
    GEMBA_PREAMBLE: files.preamble,
    GEMBA_FENCE: String(request.fence),
    ...(request.agent.model === null ? {} : { GEMBA_MODEL: request.agent.model }),
  }
}

/**
 * Claude Code reads the preamble from its file: in a first prompt, `@…` and `/…` of a bead's text would be carried out.
 * Others get the text itself, or only `GEMBA_PREAMBLE`.
 */
function agentArguments(request: Start, files: SessionFiles, preamble: string): string[] {
  const { agent, resume } = request
  if (agent.hooks !== 'claude_code') {
    if (agent.preamble === 'file') return [...agent.args]
    const fits = Buffer.byteLength(preamble) <= longestArgument
    return [
      ...agent.args,
      fits ? preamble : `Read the file ${files.preamble} first: it holds your task and your rules.`,
    ]
  }
  const resumed = resume !== null && /^[A-Za-z0-9-]{1,64}$/.test(resume)
  const prompt = resumed
    ? `You were interrupted. Read ${files.preamble} again, look at what is there, and go on.`
    : `Read the file ${files.preamble} first: it holds your task and your rules. Then do the task.`
  return [
    ...['--settings', files.settings],
    ...(resumed ? ['--resume', resume] : []),
    ...(agent.model === null ? [] : ['--model', agent.model]),
    ...agent.args,
    prompt,
  ]
}
