import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApi } from '../api/create-api.ts'
import { HostHub } from '../api/host-hub.ts'
import { system } from '../model/actor.ts'
import type { Project } from '../model/project.ts'
import type { SourceSelection } from '../model/mode.ts'
import { defaultTiming } from '../model/timing.ts'
import { ManifestFile } from '../planes/manifest/manifest-file.ts'
import { openBoard } from '../planes/work/board.ts'
import { DiskWatch } from '../runtime/disk-watch.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import { writePrivateFile } from '../runtime/secret.ts'
import { readBeadsOnlySettings, type BeadsOnlySettings } from '../runtime/settings.ts'
import { supervised } from '../runtime/supervised.ts'
import { openStore } from '../store/open-store.ts'
import { beadsOnlyMode } from './beads-only-mode.ts'
import { recordBoard } from './board-recorder.ts'
import { chosenSource } from './chosen-source.ts'
import { keepTrying } from './keep-trying.ts'
import { recordManifests } from './manifest-recorder.ts'
import { noCommands } from './no-commands.ts'
import { openSource } from './open-source.ts'
import { openServerHealth } from './server-health.ts'

/** Events that the log keeps. */
const keepEvents = 200_000

/** How long the console waits for the first beads; a slow source then shows in its status. */
const firstLookMs = 10_000

/** What stands where full mode has a project: nothing is dispatched. */
const noProject: Omit<Project, 'id'> = {
  name: 'Beads',
  prefix: '',
  repositories: [],
  agents: [],
  defaultAgent: '',
  maxSessions: 0,
  timing: defaultTiming,
}

/** The server of Beads-only mode: API, streams and watcher over one Beads source; no Temporal, tmux, git or host. It only composes. */
async function main(settings: BeadsOnlySettings): Promise<void> {
  const logger = createLogger('server', join(settings.data, 'logs'))
  const stopped = new AbortController()
  const releases: (() => Promise<void> | void)[] = []
  const tell = supervised(async () => {
    stopped.abort()
    for (const release of releases.reverse())
      await Promise.resolve(release()).catch((error: unknown) => logger.warn({ err: error }, 'stopping'))
  })

  const project = { ...noProject, id: settings.project }
  const store = await openStore({ at: settings.store, project: project.id })
  releases.push(() => store.close())
  const sweep = setInterval(
    () => void store.sweep({ keepEvents }).catch((error: unknown) => logger.warn({ err: error }, 'sweeping')),
    3_600_000,
  )
  releases.push(() => clearInterval(sweep))

  // One for all sources: what waits for a full disk goes in also when people have gone over to another.
  const ledger = new ManifestFile({ path: settings.manifest, logger })
  releases.push(() => ledger.close())
  let readers = 0
  const access = { ...settings, watched: () => readers > 0 }
  const source = chosenSource((selection) => openSource(selection, access, ledger), logger)
  releases.push(() => source.close(), recordManifests(source, store, logger))
  const board = await openBoard(source.work, {})
  releases.push(() => board.close(), recordBoard(board, store, logger))
  let retry = (): Promise<void> => Promise.resolve()
  const mode = beadsOnlyMode({
    retry: () => retry(),
    settings,
    source,
    board,
    store,
    logger,
    remember: (selection) => remember(settings, selection),
  })

  const disk = new DiskWatch(settings.disk)
  releases.push(() => disk.close())
  await disk.look()
  const health = openServerHealth({ board, store, logger })
  releases.push(() => health.close())

  const selection = remembered(settings, logger) ?? settings.source
  const begun = selection !== null
  const hostToken = secret(settings.hostTokenFile)
  const api = await createApi({
    project,
    version: settings.version,
    person: process.env['GEMBA_ACTOR'] ?? userInfo().username,
    work: source.work,
    exchange: source.exchange,
    board,
    store,
    commands: noCommands,
    hub: new HostHub(),
    orchestration: null,
    mode,
    auth:
      settings.auth === 'token'
        ? { mode: 'token', token: secret(settings.tokenFile), hostToken }
        : { mode: 'none', hostToken },
    origins: settings.origins,
    webFolder: settings.webFolder,
    temporalUi: null,
    disk,
    watched: (count) => void (readers = count),
    health: () => {
      const { beads, store: stored } = health.parts()
      const isFull = disk.state.status === 'full'
      // A server that waits for a person to choose is well.
      const unchosen = source.current() === null && !begun
      return {
        disk: { ok: !isFull, why: disk.refusal()?.message ?? '' },
        beads: unchosen ? { ok: true, why: '' } : beads,
        store: stored,
      }
    },
    logger,
  })
  releases.push(() => api.close())
  await api.listen({ host: settings.listen.host, port: settings.listen.port })
  if (selection !== null) await begin(selection)
  tell({ ready: true })

  /** The first look is waited for, so that whoever opens the console finds beads; a source that is away is tried on. */
  async function begin(first: SourceSelection): Promise<void> {
    const opened = keepTrying(
      () => source.begin(first, system),
      stopped.signal,
      (why) => mode.failed(first, why),
    )
    retry = opened.again
    releases.push(() => opened.done.catch(() => undefined))
    const looked = opened.firstTry.then(() => (source.current() === null ? undefined : board.refresh()))
    await Promise.race([looked.catch(() => undefined), sleep(firstLookMs, undefined, { signal: stopped.signal })])
  }
}

/** What a person chose in the console holds when the server is started again after a crash. */
function chosenFile({ data }: BeadsOnlySettings): string {
  return join(data, 'settings', 'chosen-source.json')
}

function remember(settings: BeadsOnlySettings, selection: SourceSelection): void {
  writePrivateFile(chosenFile(settings), JSON.stringify(selection))
}

function remembered(settings: BeadsOnlySettings, logger: Logger): SourceSelection | null {
  const file = chosenFile(settings)
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SourceSelection
  } catch (error) {
    logger.warn({ err: error }, 'the source that was chosen last can not be read')
    return null
  }
}

function secret(file: string): string {
  return readFileSync(file, 'utf8').trim()
}

await main(readBeadsOnlySettings())
