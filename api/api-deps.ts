import type { FastifyBaseLogger } from 'fastify'
import type { Actor } from '../model/actor.ts'
import type { Board } from '../model/board.ts'
import type { DiskState } from '../model/disk.ts'
import type { SessionManifest } from '../model/manifest.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import type { CapabilityProfile, ModePlace, ModeStatus, SourceSelection } from '../model/mode.ts'
import type { OrchestrationManifest } from '../model/orchestration-plane.ts'
import type { Project } from '../model/project.ts'
import type { WorkPlane, WorkPlaneManifest } from '../model/work-plane.ts'
import type { Store } from '../store/store.ts'
import type { Commands } from '../temporal/commands.ts'
import type { HostHub } from './host-hub.ts'
import type { ApiAuth } from './sign-in.ts'
import type { TemporalUi } from './temporal-ui.ts'

/** What the API stands on. It owns none of it: whoever made a part closes it. */
export interface ApiDeps {
  readonly project: Project
  readonly version: string
  /** The name of the person at this server: `GEMBA_ACTOR` or the user of the operating system. */
  readonly person: string
  readonly work: WorkPlane
  readonly board: Board
  readonly store: Store
  readonly commands: Commands
  readonly hub: HostHub
  readonly orchestration: OrchestrationManifest | null
  readonly mode: ModeView
  /** Of the source that is in use when it is asked. */
  readonly exchange: BeadsExchange
  readonly auth: ApiAuth
  /** Addresses that the console is opened at, e.g. `http://127.0.0.1:7666`. */
  readonly origins: readonly string[]
  /** Absolute path of the built console; null serves none. */
  readonly webFolder: string | null
  readonly temporalUi: TemporalUi | null
  readonly disk: DiskView
  /** Told how many follow the event stream, consoles above all, each time that changes. */
  readonly watched?: (readers: number) => void
  readonly health: () => Record<string, { ok: boolean; why: string }>
  readonly logger: FastifyBaseLogger
}

/** The mode of the server, its source and what can be done about it. */
export interface ModeView {
  profile(): CapabilityProfile
  status(): Promise<ModeStatus>
  /** Where beads come from and where changes are recorded, as far as is known without asking; `plane`: what the source said. */
  place(plane: WorkPlaneManifest | undefined): ModePlace
  /** Names the source that is open. */
  sourceId(): string
  /** Runs a change on one source: it is not exchanged meanwhile. */
  during<T>(run: () => Promise<T>): Promise<T>
  /** The ledger of the current source; null in full mode, and until a source is chosen. */
  manifest(): SessionManifest | null
  /** Looks at the source now. */
  check(): Promise<void>
  /**
   * Takes another source; `source_invalid` or a code of the source when it can not be used. In full mode that is the way to
   * Beads-only mode, which is begun right after the answer; `work_live` while agents are at work.
   */
  select(selection: SourceSelection, actor: Actor): Promise<void>
  /** Gives the source a remote; a source that can not have one refuses. */
  setUpRemote(remote: { readonly name: string; readonly url: string }): Promise<void>
}

/** The room on the disk, as somebody else watches it. */
export interface DiskView {
  readonly state: DiskState
  onChange(listener: (state: DiskState) => void): () => void
}
