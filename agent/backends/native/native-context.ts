import { GembaError } from '../../../model/error.ts'
import type { FoldState } from '../../fold.ts'
import type { HostDefinitions } from '../../host-definitions.ts'
import type { Repositories } from '../../repository/repositories.ts'
import { isAlive } from '../../../runtime/process-identity.ts'
import type { SessionRecord, SessionStore } from './session-record.ts'
import type { Pane, Terminals } from './terminals.ts'

/** The fold of a session's frames up to a cursor; a copy of what the frames say, so that they need not be read again. */
export interface FoldMemory {
  readonly fence: number
  readonly cursor: number
  readonly state: FoldState
}

/** What the operations of the native plane share. */
export interface NativeContext {
  readonly store: SessionStore
  readonly terminals: Terminals
  readonly definitions: HostDefinitions
  readonly repositories: Repositories
  /** Folder of the sentinels' wrappers. */
  readonly bin: string
  readonly env: NodeJS.ProcessEnv
  /** See `NativePlaneOptions`. */
  readonly withheld: readonly string[]
  /** What frames said up to where they were read; only saves reading them again. */
  readonly folds: Map<string, FoldMemory>
}

/** The session's record for a request in its name. Throws `fence_stale` for an earlier attempt, `pane_gone` without a pane. */
export function recordOf(context: NativeContext, session: string, fence: number): SessionRecord & { pane: Pane } {
  const record = context.store.read(session)
  if (record !== undefined && fence < record.fence) throw new GembaError('fence_stale', { session })
  if (record === undefined || fence > record.fence || record.state !== 'running' || record.pane === null) {
    throw new GembaError('pane_gone', { session })
  }
  return { ...record, pane: record.pane }
}

/** Like `recordOf`, for a pane whose program still runs. */
export function livePaneOf(context: NativeContext, session: string, fence: number): SessionRecord & { pane: Pane } {
  const record = recordOf(context, session, fence)
  if (!isPaneAlive(record.pane)) throw new GembaError('pane_gone', { session })
  return record
}

/** Whether the pane's program runs and its terminal is there. No fork: a look at two processes. */
export function isPaneAlive(pane: Pane): boolean {
  return isAlive(pane.server) && isAlive(pane.process)
}

/** Whether tmux can still show the pane, perhaps with its program ended. */
export function isShown(context: NativeContext, pane: Pane): boolean {
  const server = context.terminals.client.server()
  // While the client comes back its commands wait, so the pane's own server is what counts.
  if (server === undefined) return isAlive(pane.server)
  return server.pid === pane.server.pid && server.start === pane.server.start
}

/** What every process of a session carries in its environment, and no process of another host folder. */
export function markerOf(context: NativeContext, session: string): string {
  return `GEMBA_FRAMES=${context.store.files(session).frames}`
}
