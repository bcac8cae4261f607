import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError, type ErrorCode } from '../../../model/error.ts'
import type { AnnouncedPane } from '../../../model/host.ts'
import type { OrchestrationPlane } from '../../../model/orchestration-plane.ts'
import { locateTool } from '../../../runtime/tools/locate.ts'
import { framesLength } from '../../frames.ts'
import type { HostDefinitions } from '../../host-definitions.ts'
import type { Repositories } from '../../repository/repositories.ts'
import { attendPane } from './attend-pane.ts'
import { TmuxRefusal } from './control-client.ts'
import { deliverAnswer, sayToPane } from './deliver-answer.ts'
import { endPane } from './end-pane.ts'
import { tmuxEnvironment, writeWrappers } from './launch.ts'
import { openIntegratedMemory, type IntegratedMemory } from './integrated-memory.ts'
import { isLiving } from './living-panes.ts'
import { isShown, type NativeContext } from './native-context.ts'
import { nativeManifest } from './native-manifest.ts'
import { openSessionStore, type SessionRecord } from './session-record.ts'
import { startPane } from './start-pane.ts'
import { openTerminals, type Pane } from './terminals.ts'

export interface NativePlaneOptions {
  /** Id of this host. */
  readonly host: string
  /** The host's own data folder; made 0700. */
  readonly folder: string
  /** Name of the tmux socket (`tmux -L`): generated, letters, digits and `-`. */
  readonly socket: string
  /** The agents and repositories of this host; requests name them. */
  readonly definitions: HostDefinitions
  readonly repositories: Repositories
  /** Absolute paths that are no agent's business. It could find a way to them; this only keeps them off the easy one. */
  readonly withheld?: readonly string[]
  /** The environment that agents get their allowed part of. Default: ours. */
  readonly env?: NodeJS.ProcessEnv
}

/** Bytes of keys taken at once. */
const mostKeys = 65_536

/**
 * The native backend (seed 003): agents in panes of a tmux server of our own, which is nobody's child and outlives us.
 * Throws `tool_missing` without tmux.
 */
export async function openNativePlane(options: NativePlaneOptions): Promise<OrchestrationPlane> {
  if (!/^[A-Za-z0-9-]{1,60}$/.test(options.socket)) throw new GembaError('bad_request', { why: 'socket' })
  const env = options.env ?? process.env
  const tmux = locateTool('tmux', env)
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  chmodSync(options.folder, 0o700)
  const bin = join(options.folder, 'bin')
  writeWrappers(bin)
  const store = openSessionStore(options.folder)
  const unended = () => store.all().filter(({ state }) => state !== 'ended')
  const terminals = openTerminals({
    tmux,
    socket: options.socket,
    folder: join(options.folder, 'tmux'),
    env: tmuxEnvironment(env),
    shown: () =>
      unended().flatMap(({ pane, session, state }) =>
        pane !== null && state === 'running' && isShown(context, pane) ? { pane: pane.pane, session } : [],
      ),
  })
  const { definitions, repositories } = options
  const { withheld = [] } = options
  const context: NativeContext = { store, terminals, definitions, repositories, bin, env, withheld, folds: new Map() }
  const inTurn = perSession()
  const integrated = openIntegratedMemory()
  const leaving = new AbortController()

  return {
    manifest: () => nativeManifest('1'),
    start: (request) =>
      inTurn(request.session, () =>
        refused(startPane(context, request), 'terminal_unavailable', { why: 'it refused' }),
      ),
    attend: (request, { signal, beat }) =>
      attendPane(context, request, { signal: AbortSignal.any([signal, leaving.signal]), beat }),
    deliver: (request) => inTurn(request.session, () => unlessGone(request.session, deliverAnswer(context, request))),
    say: (request) => inTurn(request.session, () => unlessGone(request.session, sayToPane(context, request))),
    async integrate(request) {
      const record = store.read(request.session)
      if (record !== undefined && request.fence < record.fence) {
        throw new GembaError('fence_stale', { session: request.session })
      }
      const repository = definitions.repository(request.repository)
      return repositories.integrate({ ...request, repository }).finally(() => integrated.forget(request.session))
    },
    end: (request) => inTurn(request.session, () => endPane(context, request)),
    panes: () => Promise.all(unended().map((record) => announced(context, record, integrated))),
    async peek(session, lines) {
      const screen = await unlessGone(session, terminals.screen(shownPane(context, session)))
      return screen.trimEnd().split('\n').slice(-Math.max(1, lines)).join('\n')
    },
    terminal: async (session) => unlessGone(session, terminals.snapshot(shownPane(context, session))),
    watch: (listener, session) => terminals.feed.watch(listener, session),
    keys: async (session, bytes) =>
      unlessGone(session, terminals.press(shownPane(context, session), bytes.subarray(0, mostKeys))),
    resize: async (session, columns, rows) =>
      unlessGone(session, terminals.resize(shownPane(context, session), columns, rows)),
    async close() {
      leaving.abort(new GembaError('host_offline', { host: options.host }))
      await terminals.leave()
    },
  }
}

function shownPane(context: NativeContext, session: string): Pane {
  const record = context.store.read(session)
  const pane = record?.state === 'running' ? record.pane : null
  if (pane === null || !isShown(context, pane)) throw new GembaError('pane_gone', { session })
  return pane
}

/** tmux refuses a command of ours only when its target has gone since we looked. */
function unlessGone<T>(session: string, work: Promise<T>): Promise<T> {
  return refused(work, 'pane_gone', { session })
}

async function refused<T>(work: Promise<T>, code: ErrorCode, params: Record<string, string>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof TmuxRefusal) throw new GembaError(code, params, { cause: error })
    throw error
  }
}

async function announced(
  context: NativeContext,
  record: SessionRecord,
  integrated: IntegratedMemory,
): Promise<AnnouncedPane> {
  const heard = framesLength(context.store.files(record.session).frames)
  return {
    session: record.session,
    bead: record.bead,
    repository: record.repository,
    fence: record.fence,
    // Where tmux can not be asked an agent may run.
    alive: await isLiving(context, record).catch(() => true),
    integrated: integrated.last(record.session, heard, () => isIntegrated(context, record)),
  }
}

async function isIntegrated({ definitions, repositories }: NativeContext, record: SessionRecord): Promise<boolean> {
  return repositories.isIntegrated({ repository: definitions.repository(record.repository), bead: record.bead })
}

/** One change of a session at a time. */
function perSession(): <T>(session: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (session, work) => {
    const mine = (last.get(session) ?? Promise.resolve()).then(work, work)
    const settled = mine.catch(() => undefined)
    last.set(session, settled)
    void settled.then(() => (last.get(session) === settled ? last.delete(session) : undefined))
    return mine
  }
}
