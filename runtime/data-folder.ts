import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError } from '../model/error.ts'
import { dataRoot } from './data-root.ts'
import { lockHolder, tryLock, type HeldLock } from './file-lock.ts'
import { freePort, isPortFree } from './free-port.ts'
import { ownPorts } from './own-ports.ts'
import { isCode, secretFile, writePrivateFile } from './secret.ts'

/** The places inside a project's data folder, all absolute. */
export interface DataFolder {
  readonly root: string
  readonly lock: string
  readonly logs: string
  readonly ports: string
  readonly children: string
  readonly settings: string
  readonly store: string
  readonly dolt: string
  readonly temporal: string
  readonly host: string
  /** Says which project the data is of. */
  readonly owner: string
  /** The page that leads a browser in; it holds the token. */
  readonly opener: string
  /** Files with secrets, 0600. */
  readonly token: string
  readonly hostToken: string
  readonly temporalKey: string
  readonly doltPassword: string
  readonly beadsPassword: string
}

/** Names the places of a project's data (`dataRoot` says where; `named` is the value of `--data`); creates nothing. */
export function dataFolderOf(project: string, named?: string, env?: NodeJS.ProcessEnv): DataFolder {
  const root = dataRoot(project, named, env)
  const at = (name: string): string => join(root, name)
  return {
    root,
    lock: at('lock'),
    logs: at('logs'),
    ports: at('ports.json'),
    children: at('children.json'),
    settings: at('settings'),
    store: at('store'),
    dolt: at('dolt'),
    temporal: at('temporal'),
    host: at('host'),
    owner: at('project.json'),
    opener: at('open.html'),
    token: at('token'),
    hostToken: at('host-token'),
    temporalKey: at('temporal-key'),
    doltPassword: at('dolt-password'),
    beadsPassword: at('beads-password'),
  }
}

/** Makes the folder (0700) and its secrets, once. */
export function createDataFolder(folder: DataFolder): DataFolder {
  mkdirSync(folder.root, { recursive: true, mode: 0o700 })
  chmodSync(folder.root, 0o700)
  for (const part of [folder.logs, folder.settings, folder.temporal, folder.host]) {
    mkdirSync(part, { recursive: true, mode: 0o700 })
  }
  for (const file of [folder.token, folder.hostToken, folder.temporalKey]) secretFile(file)
  return folder
}

/** What no agent has to look at: everything but the host's part, where an agent's task lies. */
export function withheldFromAgents({ root: _root, host: _host, ...places }: DataFolder): string[] {
  return Object.values(places)
}

/** What a server that holds the project is doing. */
export type ServerState = 'starting' | 'up' | 'stopping'

/** The process that serves a project. */
export interface RunningServer {
  readonly pid: number
  readonly url: string
  readonly state: ServerState
}

export interface ProjectLock extends HeldLock {
  mark(state: ServerState): void
}

/** Takes the project for this process, which is then starting; `already_running` names the one that has it. */
export async function lockProject(folder: DataFolder, url: string): Promise<ProjectLock> {
  const attempt = await tryLock(folder.lock, url)
  if (attempt.held) return attempt.lock
  throw new GembaError('already_running', { pid: String(attempt.holder.pid), url: attempt.holder.note })
}

/** The process that serves this project now. */
export async function runningServer(folder: DataFolder): Promise<RunningServer | undefined> {
  const holder = await lockHolder(folder.lock)
  if (holder === undefined) return undefined
  const state = holder.state === 'up' || holder.state === 'stopping' ? holder.state : 'starting'
  return { pid: holder.pid, url: holder.note, state }
}

/** Looks again until the server is no longer in this state, or the time is up; what it found last. */
export async function whileServerIs(
  state: ServerState,
  folder: DataFolder,
  waitMs: number,
): Promise<RunningServer | undefined> {
  const end = performance.now() + waitMs
  let running = await runningServer(folder)
  while (running?.state === state && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    running = await runningServer(folder)
  }
  return running
}

/**
 * Ports that stay the same from start to start, so that clients find a restarted server again. The first time, and
 * when another program has taken one meanwhile, a free one is chosen; also for one that outgoing connections may take.
 * Call it only while holding the project's lock.
 */
export async function fixedPorts<Name extends string>(
  folder: DataFolder,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const known = readPorts(folder.ports)
  const { first, last } = ownPorts()
  const ports: Record<string, number> = { ...known }
  for (const name of names) {
    const port = known[name]
    const isOurs = port !== undefined && port >= first && port <= last
    if (!isOurs || !(await isPortFree(port))) ports[name] = await unusedPort(Object.values(ports))
  }
  writePrivateFile(folder.ports, JSON.stringify(ports))
  return ports as Record<Name, number>
}

async function unusedPort(taken: readonly number[]): Promise<number> {
  const port = await freePort()
  return taken.includes(port) ? unusedPort(taken) : port
}

function readPorts(file: string): Record<string, number> {
  try {
    const ports: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof ports !== 'object' || ports === null) return {}
    return Object.fromEntries(
      Object.entries(ports).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
    )
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return {}
    throw error
  }
}
