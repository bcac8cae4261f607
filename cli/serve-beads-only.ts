import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { GembaError } from '../model/error.ts'
import { awaitLeftChildren } from '../runtime/child-record.ts'
import { sourceDisplay, withPassword } from '../runtime/beads-source.ts'
import type { ServingConfig } from '../runtime/config.ts'
import { createDataFolder, dataFolderOf, lockProject, type DataFolder } from '../runtime/data-folder.ts'
import { claimDataFolder } from '../runtime/data-owner.ts'
import { beadsOnlyDataRoot } from '../runtime/data-root.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { installation, webFolder } from '../runtime/installation.ts'
import type { ServeMode } from '../runtime/serve-mode.ts'
import { writeSettings, type BeadsOnlySettings } from '../runtime/settings.ts'
import type { ChildDescription } from '../runtime/supervised-child.ts'
import { createReport, type Report } from '../runtime/terminal.ts'
import { requireRoom } from '../runtime/tools/room.ts'
import { askPassword } from './ask-password.ts'
import { serverOrigins, type ServeOptions } from './compose.ts'
import { ownProcess } from './own-process.ts'
import { announce, refuseSecond } from './serve-steps.ts'
import { serveOptions, startCommand, type ServeFlags } from './serve-options.ts'
import { ServeRun } from './serve-run.ts'

/** Bytes that a start needs: the store alone. */
const roomBytes = 50_000_000

/** What a project leaves that goes over from full mode: its address, token, sign-ins and events stay. */
export interface Heritage {
  readonly data: DataFolder
  readonly store: BeadsOnlySettings['store']
  readonly project: string
  readonly options: ServeOptions
}

/**
 * `gemba serve` in Beads-only mode (seed 001): one server over one Beads source. No project, and nothing of Temporal,
 * tmux, git or an agent host is looked for, obtained or started.
 */
export async function serveBeadsOnly(
  config: ServingConfig,
  mode: ServeMode,
  flags: ServeFlags,
  heritage?: Heritage,
): Promise<number> {
  const report = createReport()
  const command = startCommand()
  const place = heritage ?? (await newPlace(config, flags, command))
  const { data, options } = place
  await refuseSecond(data, report)
  const source = await sourceOf(mode)
  requireRoom({ what: 'The data of Beads-only mode', bytes: roomBytes, folder: data.root })
  if (heritage === undefined) claimDataFolder(data, { id: place.project, folder: config.folder })
  createDataFolder(data)
  const lock = await lockProject(data, options.url)
  try {
    await awaitLeftChildren(data, (count) =>
      report.line(`Waiting for ${count} process(es) of an earlier start to end.`),
    )
    await requireFreePort(options.listen, command)
    // What is named now counts more than what was chosen in the console of an earlier start.
    rmSync(join(data.settings, 'chosen-source.json'), { force: true })
    tellSource(mode, report)
    const ends = heritage === undefined ? 'Ctrl-C stops it.' : 'Ctrl-C stops it; the next start is in full mode again.'
    const disk = { folders: [data.root], leastBytes: config.minFreeDisk }
    const run = new ServeRun({
      ...{ data, report, lock, disk },
      ...config.processes,
      tools: undefined,
      children: [serverOf(config, { ...mode, source }, place)],
      json: flags.json === true,
      // The browser that chose it is open.
      ready: () => announce(options, data, report, heritage === undefined ? flags : { json: flags.json }, ends),
    })
    return await run.untilStopped()
  } finally {
    lock.release()
  }
}

async function newPlace(config: ServingConfig, flags: ServeFlags, command: string): Promise<Heritage> {
  if (flags.orchestration === 'native') {
    const why = `--orchestration native does not go with Beads-only mode; leave it out, such as: ${command} --beads-only`
    throw new GembaError('usage', { why })
  }
  const options = await serveOptions(config, { ...flags, orchestration: 'none' }, command)
  const data = dataFolderOf(config.folder, beadsOnlyDataRoot(config.folder, flags.data))
  return { data, store: { folder: data.store }, project: 'beads-only', options }
}

async function sourceOf({ source, asksPassword }: ServeMode): Promise<ServeMode['source']> {
  if (source?.kind !== 'url' || !asksPassword) return source
  const password = await askPassword(`Password for ${sourceDisplay(source).display}: `)
  return { kind: 'url', url: withPassword(source.url, password) }
}

function tellSource({ source, readOnly }: ServeMode, report: Report): void {
  const name = readOnly ? 'Beads-read-only' : 'Beads-only'
  if (source === null) return report.line(`${name} mode; the Beads source is chosen in the console.`)
  report.line(`${name} mode on ${sourceDisplay(source).display}`)
}

function serverOf(
  config: ServingConfig,
  mode: ServeMode,
  { data, store, project, options }: Heritage,
): ChildDescription {
  writeSettings(join(data.settings, 'beads-only.json'), {
    version: installation().version,
    folder: config.folder,
    data: data.root,
    source: mode.source,
    readOnly: mode.readOnly,
    restart: mode.restart,
    manifest: mode.manifest,
    ...{ store, project },
    disk: { folders: [data.root], leastBytes: config.minFreeDisk },
    listen: options.listen,
    origins: serverOrigins(options),
    auth: options.auth,
    tokenFile: data.token,
    hostTokenFile: data.hostToken,
    webFolder: webFolder(),
  })
  // The address may hold a password: the server reads it from its settings, and passes it on to nobody.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'GEMBA_BEADS_URL'))
  return { ...ownProcess('beads-only', data, env, []), name: 'server' }
}
