import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { nativeManifest } from '../agent/backends/native/native-manifest.ts'
import { createApi } from '../api/create-api.ts'
import { fullMode } from '../api/full-mode.ts'
import { HostHub } from '../api/host-hub.ts'
import type { EscalationView } from '../model/escalation.ts'
import { openBoard } from '../planes/work/board.ts'
import { DiskWatch } from '../runtime/disk-watch.ts'
import { createLogger } from '../runtime/logger.ts'
import { readServerSettings, type ServerSettings } from '../runtime/settings.ts'
import { supervised } from '../runtime/supervised.ts'
import { openStore } from '../store/open-store.ts'
import { connectTemporal, prepareNamespace } from '../temporal/connect.ts'
import { createPayloadCodec } from '../temporal/payload-codec.ts'
import { Processes } from '../temporal/processes.ts'
import { createTemporalCommands } from '../temporal/temporal-commands.ts'
import { openServerHealth } from './server-health.ts'
import { recordBoard } from './board-recorder.ts'
import { followHosts } from './host-follower.ts'
import { openLate } from './late-work-plane.ts'
import { modeChange } from './mode-change.ts'
import { tryOutSource } from './open-source.ts'
import { openProjectBeads } from './project-beads.ts'
import { startReconciler } from './reconciler.ts'
import { openRestorer } from './restorer.ts'
import { startServerWorker } from './server-worker.ts'
import { startExample } from './example-start.ts'

/** Milliseconds that a person's command may take before they hear that Temporal does not answer. */
const commandDeadlineMs = 15_000

/** The server says that it is up once Beads and Temporal answer, or after this long without them: it then shows what is missing. */
const readyWithinMs = 20_000

/** Events that the log keeps. */
const keepEvents = 200_000

/** How long reconciliation waits for hosts to say which panes they have. */
const announceWithinMs = 3_000

/** The server process: API, streams, workflow worker, server activities, watcher. It only composes. */
async function main(settings: ServerSettings): Promise<void> {
  const logger = createLogger('server', join(settings.data, 'logs'))
  const stopped = new AbortController()
  const releases: (() => Promise<void> | void)[] = []
  const tell = supervised(async () => {
    stopped.abort()
    for (const release of releases.reverse())
      await Promise.resolve(release()).catch((error: unknown) => logger.warn({ err: error }, 'stopping'))
  })

  const { project } = settings
  const temporal = { ...settings.temporal, codec: createPayloadCodec(secret(settings.temporal.keyFile)) }
  const store = await openStore({ at: settings.store, project: project.id })
  releases.push(() => store.close())

  let readers = 0
  const late = openLate(() => openProjectBeads(settings, () => readers > 0), stopped.signal)
  const board = await openBoard(late.plane, {})
  releases.push(
    () => late.plane.disconnect(),
    () => board.close(),
  )
  const poke = (): void => void board.refresh().catch(() => undefined)

  const sweep = setInterval(
    () => void store.sweep({ keepEvents }).catch((error: unknown) => logger.warn({ err: error }, 'sweeping')),
    3_600_000,
  )
  releases.push(() => clearInterval(sweep))

  const disk = new DiskWatch(settings.disk)
  releases.push(() => disk.close())
  await disk.look()

  const started = Promise.withResolvers<void>()
  let client: Client | undefined
  let processes: Processes | undefined
  const commands = createTemporalCommands({
    project: project.id,
    client: () => client,
    escalation: async (id) => (await store.snapshot('escalation', id))?.view as EscalationView | undefined,
    startRefusal: () => disk.refusal(),
    deadlineMs: commandDeadlineMs,
  })

  const health = openServerHealth({ board, store, logger })
  releases.push(() => health.close())

  const hub = new HostHub()
  let prepare = (): Promise<void> => Promise.resolve()
  const restorer = openRestorer({ project, store, logger, localHost: settings.host.id, prepare: () => prepare() })
  const reconciler = startReconciler({
    project,
    work: late.plane,
    store,
    processes: () => processes,
    restorer,
    onRestored: () => {
      void hosts.again().catch((error: unknown) => logger.warn({ err: error }, 'hosts could not be reported'))
    },
    announcements: () => hub.askAll(announceWithinMs),
    logger,
  })
  const hosts = followHosts({ project, store, hub, processes: () => processes, reconciler, logger })
  releases.push(
    () => reconciler.close(),
    board.onChange(({ changed, deleted }) => {
      if (deleted.length > 0 || changed.some((bead) => bead.status !== 'open')) reconciler.soon()
    }),
    recordBoard(board, store, logger),
    () => hosts.close(),
    () => hub.close(),
  )

  const worker = startServerWorker({
    project,
    temporal,
    work: late.plane,
    store,
    poke,
    logger,
    onFailed: (why) => fail(why),
  })
  releases.push(() => worker.close())

  const change = modeChange({
    ...{ project: project.id, store, beads: settings.beads, tryOut: tryOutSource },
    processes: () => processes,
    tell: (becomes) => tell({ becomes }),
  })
  const api = await createApi({
    project,
    version: settings.version,
    person: process.env['GEMBA_ACTOR'] ?? userInfo().username,
    work: late.plane,
    board,
    store,
    commands,
    hub,
    exchange: late.exchange,
    mode: fullMode({ work: late.plane, board }, change),
    orchestration: settings.orchestration === 'none' ? null : nativeManifest(settings.version),
    auth:
      settings.auth === 'token'
        ? { mode: 'token', token: secret(settings.tokenFile), hostToken: secret(settings.host.tokenFile) }
        : { mode: 'none', hostToken: secret(settings.host.tokenFile) },
    origins: settings.origins,
    webFolder: settings.webFolder,
    temporalUi: settings.temporalUi,
    disk,
    watched: (count) => void (readers = count),
    health: () => ({
      // With little room nothing new starts, and nothing is broken: whoever watches must not end the server for it.
      disk: { ok: disk.state.status !== 'full', why: disk.refusal()?.message ?? '' },
      ...health.parts(),
    }),
    logger,
  })
  releases.push(() => api.close())
  await api.listen({ host: settings.listen.host, port: settings.listen.port })
  void Promise.race([
    Promise.all([late.opened, started.promise]),
    sleep(readyWithinMs, undefined, { signal: stopped.signal }),
  ]).then(
    () => tell({ ready: true }),
    () => undefined,
  )

  const connected = await connectTemporal(temporal, stopped.signal, (why) => health.temporalFailed(why))
  releases.push(async () => {
    await health.close()
    await connected.connection.close()
  })
  const running = new Processes(connected.client, project.id, project.timing)
  prepare = () => prepareNamespace(connected.connection, temporal)
  await restorer.begin(running)
  client = connected.client
  processes = running
  health.temporalConnected(connected.connection)
  await hosts.catchUp()
  reconciler.look()
  started.resolve()
  if (settings.example) await startExample({ settings, store, commands, opened: late.opened, logger })

  function fail(why: string): void {
    logger.fatal({ why }, 'the server process ends, to be started again')
    process.exit(1)
  }
}

function secret(file: string): string {
  return readFileSync(file, 'utf8').trim()
}

await main(readServerSettings())
