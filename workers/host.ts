import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openNativePlane } from '../agent/backends/native/native-plane.ts'
import { hostDefinitions } from '../agent/host-definitions.ts'
import { connectHostStream } from '../agent/host-stream.ts'
import { openRepositories, type Repositories } from '../agent/repository/repositories.ts'
import type { Repository } from '../model/agent.ts'
import { codedError } from '../runtime/coded-error.ts'
import { withheldConfiguration } from '../runtime/withheld-configuration.ts'
import { dataFolderOf, withheldFromAgents } from '../runtime/data-folder.ts'
import { DiskWatch } from '../runtime/disk-watch.ts'
import { createLogger } from '../runtime/logger.ts'
import { readHostSettings, type HostSettings } from '../runtime/settings.ts'
import { supervised, type WarningLine } from '../runtime/supervised.ts'
import { createPayloadCodec } from '../temporal/payload-codec.ts'
import { startHostWorker } from './host-worker.ts'

const announceEveryMs = 10_000

/** An agent host: polls its own task queue, runs panes, and streams what they show. It only composes. */
async function main(settings: HostSettings): Promise<void> {
  const logger = createLogger('host', join(settings.data, 'logs'))
  const releases: (() => Promise<void> | void)[] = []
  const tell = supervised(async () => {
    tell({ panes: (await plane.panes()).filter((pane) => pane.alive).map(({ session, bead }) => ({ session, bead })) })
    for (const release of releases.reverse())
      await Promise.resolve(release()).catch((error: unknown) => logger.warn({ err: error }, 'stopping'))
  })

  const { id, socket, slots, tokenFile } = settings.host
  const repositories = openRepositories()
  const plane = await openNativePlane({
    host: id,
    folder: join(settings.data, 'host'),
    socket,
    definitions: hostDefinitions(id, settings.agents, settings.repositories),
    repositories,
    withheld: [
      ...withheldFromAgents(dataFolderOf(settings.folder, settings.data)),
      ...withheldConfiguration(settings.folder),
    ],
  })
  releases.push(() => plane.close())

  const disk = new DiskWatch(settings.disk)
  releases.push(() => disk.close())

  const stream = connectHostStream({
    url: streamAddress(settings.server, id),
    token: readFileSync(tokenFile, 'utf8').trim(),
    host: { id, instance: randomUUID(), version: settings.version, kinds: plane.manifest().workspaceKinds, slots },
    plane,
    announceMs: announceEveryMs,
  })
  releases.push(() => stream.close())

  const worker = startHostWorker({
    host: id,
    temporal: {
      ...settings.temporal,
      codec: createPayloadCodec(readFileSync(settings.temporal.keyFile, 'utf8').trim()),
    },
    plane,
    disk,
    logger,
    onFailed: (why) => {
      logger.fatal({ why }, 'the host process ends, to be started again')
      process.exit(1)
    },
  })
  releases.push(() => worker.close())
  tell({ ready: true })
  const warnings = await unusableRepositories(repositories, settings.repositories)
  for (const { code, message } of warnings) logger.warn({ code, why: message }, 'a repository can not be worked in')
  tell({ warnings })
}

/** What is wrong with this host's git and its repositories, said once. Beads of theirs are refused until it is mended. */
async function unusableRepositories(of: Repositories, all: readonly Repository[]): Promise<WarningLine[]> {
  const found = await Promise.all(all.map((each) => of.check(each).then(() => undefined, codedError)))
  const warnings = found.flatMap((error) =>
    error === undefined ? [] : [{ code: error.code, message: error.message, mend: error.mend }],
  )
  return [...new Map(warnings.map((warning) => [warning.message, warning])).values()]
}

/** The host's stream at a server's own address. */
function streamAddress(server: string, host: string): string {
  const url = new URL(`/api/v1/hosts/${encodeURIComponent(host)}/stream`, server)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

await main(readHostSettings())
