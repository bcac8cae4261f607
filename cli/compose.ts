import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { localHosts } from '../model/host.ts'
import { configKeys } from '../runtime/config-reference.ts'
import type { LoadedProject } from '../runtime/config.ts'
import { fixedPorts, type DataFolder } from '../runtime/data-folder.ts'
import { hiddenAddress } from '../runtime/hidden-address.ts'
import { installation, webFolder } from '../runtime/installation.ts'
import { writePrivateFile } from '../runtime/secret.ts'
import { doltService, embeddedNamespace, keepTemporalFile, temporalService } from '../runtime/services.ts'
import { writeSettings, type BeadsSettings, type CommonSettings, type ServerSettings } from '../runtime/settings.ts'
import type { ChildDescription } from '../runtime/supervised-child.ts'
import type { Report } from '../runtime/terminal.ts'
import { ensureTool, requireTool } from '../runtime/tools/ensure.ts'
import { findTool } from '../runtime/tools/locate.ts'
import { ownProcess } from './own-process.ts'

/** How `gemba serve` was asked to run. */
export interface ServeOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly auth: 'token' | 'none'
  readonly publicUrl: string | undefined
  readonly orchestration: 'native' | 'none'
  /** The address to open, without token. */
  readonly url: string
}

/** Paths of the programs that this run needs; those it does not need are undefined. */
export interface Tools {
  readonly temporal: string | undefined
  readonly dolt: string | undefined
  readonly tmux: string
  readonly git: string
}

/** Finds or gets the programs, the cheap checks first. */
export async function obtainTools(loaded: LoadedProject, options: ServeOptions, report: Report): Promise<Tools> {
  const git = requireTool('git')
  const tmux = options.orchestration === 'native' ? await ensureTool('tmux', { report }) : (findTool('tmux') ?? 'tmux')
  const temporal = loaded.temporalAddress === undefined ? await ensureTool('temporal', { report }) : undefined
  const dolt = loaded.beads.embedded ? await ensureTool('dolt', { report }) : undefined
  return { temporal, dolt, tmux, git }
}

/** Name of the tmux socket of a data folder. */
export function socketOf(data: DataFolder): string {
  return `gemba-${createHash('sha256').update(data.root).digest('hex').slice(0, 12)}`
}

/** Describes the children of one run and writes their settings. */
export async function compose(
  loaded: LoadedProject,
  options: ServeOptions,
  data: DataFolder,
  tools: Tools,
  report: Report,
): Promise<ChildDescription[]> {
  const ports = await fixedPorts(data, ['temporal', 'dolt'])
  const ui = await hiddenAddress()
  const services: ChildDescription[] = []
  if (tools.temporal !== undefined) {
    const copy = await keepTemporalFile(data, tools.temporal)
    if (copy !== undefined) report.line(`temporal: another version; its file was copied to ${copy} first.`)
    services.push(temporalService(data, tools.temporal, ports.temporal, ui))
  }
  if (tools.dolt !== undefined) services.push(doltService(data, tools.dolt, ports.dolt))
  const common = commonSettings(loaded, data, tools, ports.temporal)
  const embeddedUi = tools.temporal === undefined ? undefined : `http://${ui.host}:${ui.port}`
  const server = serverProcess(loaded, options, data, common, ports.dolt, embeddedUi, services)
  return options.orchestration === 'none'
    ? [...services, server]
    : [...services, server, hostProcess(loaded, options, data, common)]
}

/** The file systems that Gemba and its agents write to, and what must be free there. */
export function watchedDisk(
  { repositories, minFreeDisk: leastBytes }: LoadedProject,
  data: DataFolder,
): CommonSettings['disk'] {
  return { folders: [data.root, ...repositories.map(({ path }) => path)], leastBytes }
}

/** Where the operational store of a project is. */
export function storeOf({ storeUrl }: LoadedProject, data: DataFolder): ServerSettings['store'] {
  return storeUrl === undefined ? { folder: data.store } : { url: storeUrl }
}

function commonSettings(loaded: LoadedProject, data: DataFolder, tools: Tools, temporalPort: number): CommonSettings {
  const { project, folder, temporalAddress: address, temporalNamespace: namespace } = loaded
  const [own, shared] = localHosts(project.id)
  const embedded = {
    address: `127.0.0.1:${temporalPort}`,
    namespace: embeddedNamespace,
    embedded: true,
    keyFile: data.temporalKey,
  }
  return {
    version: installation().version,
    project,
    folder,
    data: data.root,
    temporal: address === undefined ? embedded : { address, namespace, embedded: false, keyFile: data.temporalKey },
    tools: { tmux: tools.tmux, git: tools.git },
    disk: watchedDisk(loaded, data),
    host: {
      id: address === undefined ? own : shared,
      label: hostname(),
      slots: project.maxSessions,
      socket: socketOf(data),
      tokenFile: data.hostToken,
    },
  }
}

function serverProcess(
  loaded: LoadedProject,
  options: ServeOptions,
  data: DataFolder,
  common: CommonSettings,
  doltPort: number,
  embeddedUi: string | undefined,
  services: readonly ChildDescription[],
): ChildDescription {
  const { listen, auth, orchestration } = options
  mkdirSync(data.store, { recursive: true, mode: 0o700 })
  writeSettings(join(data.settings, 'server.json'), {
    ...common,
    beads: beadsSettings(loaded, data, doltPort),
    store: storeOf(loaded, data),
    listen,
    origins: serverOrigins(options),
    auth,
    temporalUi: temporalUi(loaded, embeddedUi),
    tokenFile: data.token,
    orchestration,
    webFolder: webFolder(),
    example: loaded.example,
  })
  return ownProcess(
    'server',
    data,
    process.env,
    services.map((service) => service.name),
  )
}

/** Origins that browsers may come from. */
export function serverOrigins({ listen, publicUrl, url }: ServeOptions): string[] {
  const loopback = [`http://127.0.0.1:${listen.port}`, `http://localhost:${listen.port}`]
  return [...new Set([url, ...loopback, ...(publicUrl === undefined ? [] : [publicUrl])])]
}

function temporalUi(
  { temporalUi: elsewhere }: LoadedProject,
  embedded: string | undefined,
): ServerSettings['temporalUi'] {
  if (embedded !== undefined) return { embedded }
  return elsewhere === undefined ? null : { elsewhere }
}

/** The host gets neither the settings nor the environment variables that could open a database. */
function hostProcess(
  { agents, repositories }: LoadedProject,
  options: ServeOptions,
  data: DataFolder,
  common: CommonSettings,
): ChildDescription {
  writeSettings(join(data.settings, 'host.json'), { ...common, agents, repositories, server: options.url })
  const withheld = configKeys().map((key) => key.environment)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.includes(name)))
  return ownProcess('host', data, env, ['server'])
}

function beadsSettings(loaded: LoadedProject, data: DataFolder, doltPort: number): BeadsSettings {
  const { beads } = loaded
  if (beads.embedded) {
    const server = { host: '127.0.0.1', port: doltPort, user: 'root', passwordFile: data.doltPassword }
    return { ...server, database: beads.database, embedded: true, tls: null }
  }
  if ('folder' in beads) return beads
  const { host, port, user, password, database, tls } = beads
  if (password !== '') writePrivateFile(data.beadsPassword, `${password}\n`)
  return { host, port, user, passwordFile: password === '' ? null : data.beadsPassword, database, embedded: false, tls }
}
