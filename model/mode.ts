import type { Health } from './board.ts'
import type { ManifestState } from './manifest.ts'

/** How much of Gemba runs: all of it, or the planning half over one Beads database (seed 001, 4). */
export type RuntimeMode = 'full' | 'beads_only'

/** Where beads come from. `project` is the source of full mode: what the project's configuration says. */
export type SourceKind = 'url' | 'worktree' | 'beads_dir' | 'project'

/** A Beads source as people see it; without password (seed 001, 4 and 6). */
export interface ModeSource {
  readonly kind: SourceKind
  readonly display: string
}

/** The source and the ledger of its changes; null where there is none. */
export interface ModePlace {
  readonly source: ModeSource | null
  readonly manifest_path: string | null
}

/** Parts of the product that a mode has or has not; server routes and console obey the same list (seed 001, 5). */
export const surfaces = [
  'board',
  'backlog',
  'graph',
  'details',
  'authoring',
  'history',
  'source-selection',
  'sessions',
  'dispatch',
  'cascades',
  'escalations',
  'hosts',
  'walk',
  'review',
  'orchestration-setup',
  'project-onboarding',
] as const

export type Surface = (typeof surfaces)[number]

/** What a server offers. */
export interface CapabilityProfile {
  readonly mode: RuntimeMode
  /** Set by `--beads-read-only`; a source may refuse writes for reasons of its own, which its manifest tells. */
  readonly readOnly: boolean
  readonly surfaces: readonly Surface[]
}

/** Surfaces that depend on nothing but beads. */
const ofBeads: readonly Surface[] = ['board', 'backlog', 'graph', 'details', 'authoring']

/** The surfaces of a mode: Beads-only hides whatever depends on live work; full mode keeps no ledger. */
export function profileOf(mode: RuntimeMode, readOnly: boolean): CapabilityProfile {
  const offered: readonly Surface[] =
    mode === 'beads_only'
      ? [...ofBeads, 'history', 'source-selection']
      : surfaces.filter((surface) => surface !== 'history')
  return { mode, readOnly, surfaces: offered.filter((surface) => !(readOnly && surface === 'authoring')) }
}

/** What can be said of the remote that a Beads database is shared by. */
export interface RemoteState {
  readonly configured: boolean
  readonly name: string
  /** Its address, without secrets. */
  readonly display: string
  readonly reachable: 'yes' | 'no' | 'unknown'
  readonly why: string
}

/** The state of a running server, in the words of the seed (001, 4), with what its Status panel shows besides (001, 5). */
export interface ModeStatus {
  readonly mode: RuntimeMode
  /** Null until one is chosen. */
  readonly source: (ModeSource & { readonly readonly: boolean }) | null
  /** Names the source that is open; a change that carries it in `X-GEMBA-Source` is refused once it is another one. */
  readonly source_id: string
  readonly project_required: boolean
  readonly orchestration_required: boolean
  /** Null where nothing is recorded. */
  readonly manifest_path: string | null
  readonly beads_read_only: boolean
  /** Whether the server finds `bd`: without it a folder is opened only if a Dolt server keeps its database, and none is made. */
  readonly bd_found: boolean
  readonly health: Health
  readonly privilege: 'read_write' | 'read_only' | 'unknown'
  readonly read_only_reason: string | null
  /** When the database was last looked at with success; null before the first time. */
  readonly last_sync: string | null
  readonly remote: RemoteState | null
  readonly manifest: ManifestState
}

/** A source that a person chose (seed 001, 3). */
export type SourceSelection =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'worktree' | 'beads_dir'
      readonly folder: string
      /** Make a Beads database where there is none. */
      readonly initialise?: boolean
      /** Prefix of the ids of a database that is made. */
      readonly prefix?: string
    }
