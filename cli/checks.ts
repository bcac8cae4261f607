import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { GembaError } from '../model/error.ts'
import { configPaths, loadProject } from '../runtime/config.ts'
import { dataFolderOf, runningServer } from '../runtime/data-folder.ts'
import { exec } from '../runtime/exec.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { listenText, type ListenAddress } from '../runtime/listen-address.ts'
import { printable } from '../runtime/printable.ts'
import { isRecentTemporal } from '../runtime/tools/ensure.ts'
import { installHint } from '../runtime/tools/install-hint.ts'
import { findProgram, findTool, type ToolName } from '../runtime/tools/locate.ts'

/** One finding of `gemba doctor`. A note needs no mending. */
export interface Check {
  readonly id: string
  readonly status: 'ok' | 'note' | 'problem'
  readonly detail: string
  /** What mends it; null when there is nothing to mend. */
  readonly fix: string | null
}

/** Least room on the disk, in bytes: below the first work fails soon, below the second it is worth a word. */
const room = { least: 500e6, comfortable: 3e9 } as const

/** What the machine has. */
export async function machineChecks(): Promise<Check[]> {
  const tools = await Promise.all([
    tool('git', { args: ['--version'], needed: true }),
    tool('tmux', { args: ['-V'], needed: true }),
    tool('temporal', { args: ['--version'], needed: true, suits: isRecentTemporal, fix: obtainFix }),
    tool('dolt', { args: ['version'], needed: true, fix: obtainFix }),
    ...(missingTools() ? [tool('go', { args: ['version'], needed: false }), compilerCheck()] : []),
    tool('claude', { args: ['--version'], needed: false }),
    tool('codex', { args: ['--version'], needed: false }),
  ])
  return [nodeCheck(), ...tools]
}

const obtainFix = 'Run `gemba doctor --fix`, or install it and put it on PATH.'

/** What the project's folder, its configuration and its port are like. */
export async function projectChecks(folder: string): Promise<Check[]> {
  const disk = await diskCheck(folder)
  if (!existsSync(configPaths(folder).project)) {
    return [
      disk,
      { id: 'project', status: 'note', detail: `${folder} is no Gemba project yet`, fix: 'Run `gemba init`.' },
    ]
  }
  return [disk, configCheck(folder), await portCheck(folder), dataCheck(folder)]
}

function missingTools(): boolean {
  return findTool('temporal') === undefined || findTool('dolt') === undefined
}

function nodeCheck(): Check {
  const recent = Number(process.versions.node.split('.')[0]) >= 24
  const fix = recent ? null : 'Use `npm start`, which gets Node 24 by itself, or install Node 24.'
  return { id: 'node', status: recent ? 'ok' : 'problem', detail: `${process.version} at ${process.execPath}`, fix }
}

async function tool(
  name: ToolName,
  options: { args: string[]; needed: boolean; suits?: (text: string) => boolean; fix?: string },
): Promise<Check> {
  const fix = options.fix ?? installHint(name)
  const absent = options.needed ? 'problem' : 'note'
  const path = findTool(name)
  if (path === undefined) return { id: name, status: absent, detail: 'not found', fix }
  const env = { ...process.env, DOLT_DISABLE_EVENT_FLUSH: 'true' }
  const said = await exec(path, options.args, { timeout: 15_000, env }).catch(() => undefined)
  if (said === undefined || said.code !== 0) return { id: name, status: absent, detail: `${path} does not run`, fix }
  const version = printable(said.stdout, 200).trim().split('\n')[0] ?? ''
  if (options.suits?.(said.stdout) === false) {
    return { id: name, status: absent, detail: `${version} at ${path} is too old`, fix }
  }
  return { id: name, status: 'ok', detail: `${version} at ${path}`, fix: null }
}

async function compilerCheck(): Promise<Check> {
  const path = ['cc', 'gcc', 'clang'].map((name) => findProgram(name)).find((found) => found !== undefined)
  if (path !== undefined) return { id: 'cc', status: 'ok', detail: path, fix: null }
  return { id: 'cc', status: 'note', detail: 'not found; needed to build Dolt from source', fix: installHint('cc') }
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(existsSync(folder) ? folder : '.')
  const free = bavail * bsize
  const status = free < room.least ? 'problem' : free < room.comfortable ? 'note' : 'ok'
  const fix = status === 'ok' ? null : 'Free some room.'
  return { id: 'disk', status, detail: `${(free / 1e9).toFixed(1)} GB free at ${folder}`, fix }
}

function configCheck(folder: string): Check {
  try {
    const { project } = loadProject(folder)
    const count = `${project.repositories.length} repositories, ${project.agents.length} agent types`
    return { id: 'config', status: 'ok', detail: `project ${project.id}: ${count}`, fix: null }
  } catch (error) {
    return problem('config', error)
  }
}

/** A coded error as a finding; any other goes on. */
function problem(id: string, error: unknown): Check {
  if (!(error instanceof GembaError)) throw error
  return { id, status: 'problem', detail: error.message, fix: error.mend }
}

async function portCheck(folder: string): Promise<Check> {
  const running = await runningServer(dataFolderOf(folder))
  if (running !== undefined) {
    return { id: 'port', status: 'ok', detail: `Gemba runs: process ${running.pid}, ${running.url}`, fix: null }
  }
  const listen = listenOf(folder)
  const detail = listen.port === 0 ? 'a free port is chosen at each start' : `${listenText(listen)} is free`
  return requireFreePort(listen, 'gemba serve').then(
    (): Check => ({ id: 'port', status: 'ok', detail, fix: null }),
    (error: unknown) => problem('port', error),
  )
}

function listenOf(folder: string): ListenAddress {
  try {
    return loadProject(folder).listen
  } catch {
    return { host: '127.0.0.1', port: 7666 }
  }
}

function dataCheck(folder: string): Check {
  const { root } = dataFolderOf(folder)
  const found = statSync(root, { throwIfNoEntry: false })
  if (found === undefined) return { id: 'data', status: 'note', detail: 'nothing stored yet', fix: null }
  if ((found.mode & 0o077) === 0) return { id: 'data', status: 'ok', detail: root, fix: null }
  return { id: 'data', status: 'problem', detail: `${root} can be read by others`, fix: `Run \`chmod 700 ${root}\`.` }
}
