import type { ModeView } from '../api/api-deps.ts'
import type { Board } from '../model/board.ts'
import { system, type Actor } from '../model/actor.ts'
import { GembaError, troubleOf, type Trouble } from '../model/error.ts'
import { profileOf, type ModeSource, type ModeStatus, type SourceSelection } from '../model/mode.ts'
import { isBdFound } from '../planes/work/bd/bd-program.ts'
import { sourceDisplay } from '../runtime/beads-source.ts'
import type { Logger } from '../runtime/logger.ts'
import type { BeadsOnlySettings } from '../runtime/settings.ts'
import type { Store } from '../store/store.ts'
import type { ChosenSource, OpenSource } from './chosen-source.ts'
import { knownRemote, type KnownRemote } from './known-remote.ts'

export interface BeadsOnlyModeDeps {
  readonly settings: Pick<BeadsOnlySettings, 'readOnly' | 'manifest'>
  readonly source: ChosenSource
  readonly board: Board
  readonly store: Pick<Store, 'append'>
  readonly logger: Pick<Logger, 'warn'>
  /** Keeps what a person chose over a crash of the server. */
  readonly remember: (selection: SourceSelection) => void
  /** Tries now to open the source that is waited for; resolves when that was tried. */
  readonly retry: () => Promise<void>
}

export interface BeadsOnlyMode extends ModeView {
  /** A source that shall be opened could not be, and is tried again. */
  failed(selection: SourceSelection, why: unknown): void
}

/** The source of Beads-only mode as status, and its change (seed 001, 3 and 4). */
export function beadsOnlyMode({
  settings,
  source,
  board,
  store,
  logger,
  remember,
  retry,
}: BeadsOnlyModeDeps): BeadsOnlyMode {
  const profile = profileOf('beads_only', settings.readOnly)
  const remote = knownRemote<OpenSource>()
  let awaited: Awaited | null = null

  source.onSelect(() => {
    awaited = null
    // Displays read all anew: the beads of another source are not those of this one.
    void board
      .reread()
      .catch(() => undefined)
      .then(() => store.append([rereadEvent()]))
      .catch(() => undefined)
  })

  return {
    profile: () => profile,
    place: () => ({
      source: source.current()?.source ?? awaited?.source ?? null,
      manifest_path: source.current()?.manifest.state().path ?? settings.manifest,
    }),
    sourceId: () => source.id(),
    during: (run) => source.during(run),
    async status() {
      const open = source.current()
      return {
        ...fixed(settings),
        bd_found: isBdFound(),
        source_id: source.id(),
        ...(open === null
          ? unopened(awaited, settings)
          : await opened(open, { board, remote, readOnly: settings.readOnly })),
      }
    },
    manifest: () => source.current()?.manifest ?? null,
    async check() {
      remote.forget()
      if (source.current() === null) await retry()
      await source.current()?.work.suspect?.()
      await source.current()?.manifest.retry()
      await board.refresh()
    },
    async select(selection: SourceSelection, actor: Actor) {
      await source.select(selection, actor)
      // It is open now, whatever becomes of the rest: the status tells.
      try {
        remember(selection)
      } catch (error) {
        logger.warn({ err: error }, 'the chosen source is not remembered over a crash')
      }
      await board.refresh().catch(() => undefined)
    },
    async setUpRemote(wanted) {
      const open = source.current()
      if (open === null) throw new GembaError('source_missing', {})
      await open.setUpRemote(wanted)
      remote.forget()
    },
    failed(selection, why) {
      const since = awaited?.since ?? new Date().toISOString()
      awaited = { source: sourceDisplay(selection), trouble: troubleOf(why), since }
    },
  }
}

/** A source that could not be opened yet. */
interface Awaited {
  readonly source: ModeSource
  readonly trouble: Trouble
  readonly since: string
}

function fixed({ readOnly }: Pick<BeadsOnlySettings, 'readOnly'>) {
  return {
    mode: 'beads_only',
    project_required: false,
    orchestration_required: false,
    beads_read_only: readOnly,
  } as const
}

type Variable = Omit<ModeStatus, keyof ReturnType<typeof fixed> | 'source_id' | 'bd_found'>

/** What is known before a source has answered once. */
function unopened(
  awaited: Awaited | null,
  { readOnly, manifest: path }: Pick<BeadsOnlySettings, 'readOnly' | 'manifest'>,
): Variable {
  const trouble = awaited?.trouble ?? troubleOf(new GembaError('source_missing', {}))
  return {
    source: awaited === null ? null : { ...awaited.source, readonly: readOnly },
    manifest_path: path,
    health: { healthy: false, ...trouble, since: awaited?.since ?? startedAt },
    privilege: 'unknown',
    read_only_reason: null,
    last_sync: null,
    remote: null,
    manifest: { path, status: 'off', why: 'No source is open yet.', lost: 0 },
  }
}

const startedAt = new Date().toISOString()

async function opened(
  open: OpenSource,
  { board, remote, readOnly }: { board: Board; remote: KnownRemote<OpenSource>; readOnly: boolean },
): Promise<Variable> {
  const { source, work, manifest } = open
  const [plane, found] = await Promise.all([work.manifest().catch(() => undefined), remote.tell(open)])
  const recorded = manifest.state()
  return {
    source: { ...source, readonly: plane?.readOnly ?? readOnly },
    manifest_path: recorded.path,
    health: board.health(),
    privilege: plane === undefined ? 'unknown' : plane.readOnly ? 'read_only' : 'read_write',
    read_only_reason: plane?.readOnlyReason ?? null,
    last_sync: board.lastSync(),
    remote: found,
    manifest: recorded,
  }
}

function rereadEvent() {
  const now = Date.now()
  return {
    source: 'source',
    sourceRevision: now,
    at: new Date(now).toISOString(),
    actor: system,
    body: { kind: 'beads.reread' },
  } as const
}
