import { existsSync } from 'node:fs'
import { fullBytes } from '../model/disk.ts'
import { GembaError } from '../model/error.ts'
import { awaitLeftChildren } from '../runtime/child-record.ts'
import { loadProject, type LoadedProject } from '../runtime/config.ts'
import {
  createDataFolder,
  dataFolderOf,
  lockProject,
  runningServer,
  whileServerIs,
  type DataFolder,
} from '../runtime/data-folder.ts'
import { claimDataFolder } from '../runtime/data-owner.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { logLevel } from '../runtime/log-level.ts'
import { createReport, type Report } from '../runtime/terminal.ts'
import { requireRoom } from '../runtime/tools/room.ts'
import { agentChecks } from './agent-checks.ts'
import type { Check } from './check.ts'
import { compose, obtainTools, watchedDisk, type ServeOptions } from './compose.ts'
import { consoleUrl, openBrowser } from './console-url.ts'
import { excludeFromGit, ownFolders } from './git-exclude.ts'
import { print } from './output.ts'
import { serveOptions, startCommand, type ServeFlags } from './serve-options.ts'
import { ServeRun } from './serve-run.ts'

/** How long a start waits for one before it that is stopping: somewhat longer than a stop may take. */
const stopWithinMs = 60_000

/** `gemba serve`: runs a project until it is told to stop. It holds the project's lock all the while. */
export async function serve(folder: string, flags: ServeFlags): Promise<number> {
  const report = createReport()
  const loaded = loadProject(folder)
  logLevel()
  const command = startCommand()
  const options = await serveOptions(loaded, flags, command)
  const data = dataFolderOf(loaded.folder, flags.data)
  await refuseSecond(data, report)
  const isNew = prepareData(loaded, data)
  await excludeFromGit(loaded.folder, ownFolders)
  const tools = await obtainTools(loaded, options, report)
  for (const { detail, fix } of missingDefault(loaded, options)) report.line(`${detail}\n  ${fix}`)
  if (isNew) report.line(`The data of this project, its beads included, is kept in ${data.root}`)
  const lock = await lockProject(data, options.url)
  try {
    await awaitLeftChildren(data, (count) =>
      report.line(`Waiting for ${count} process(es) of an earlier start to end.`),
    )
    await requireFreePort(options.listen, command)
    const children = await compose(loaded, options, data, tools, report)
    const run = new ServeRun({
      ...{ data, report, lock, tools, children },
      ...loaded.processes,
      disk: watchedDisk(loaded, data),
      json: flags.json === true,
      ready: () => announce(options, data, report, flags),
    })
    return await run.untilStopped()
  } finally {
    lock.release()
  }
}

/** Nothing would be worked without the default agent; the console is of use all the same. */
function missingDefault({ agents, project }: LoadedProject, options: ServeOptions): Check[] {
  if (options.orchestration === 'none') return []
  return agentChecks(agents, project.defaultAgent).filter((check) => check.status === 'problem')
}

/** Bytes that a start needs: the first one makes the databases, the others only go on with them. */
const room = { first: 100_000_000, again: 2 * fullBytes } as const

/** Makes the data folder; `room_missing` where it would not fit. Whether it is the first time. */
function prepareData({ project, folder }: LoadedProject, data: DataFolder): boolean {
  const isNew = !existsSync(data.token)
  const bytes = existsSync(data.temporal) ? room.again : room.first
  requireRoom({ what: `The data of project ${project.id}`, bytes, folder: data.root })
  claimDataFolder(data, { id: project.id, folder })
  createDataFolder(data)
  return isNew
}

/** One that is stopping is waited for; `already_running` names one that is not. */
async function refuseSecond(data: DataFolder, report: Report): Promise<void> {
  const found = await runningServer(data)
  if (found?.state === 'stopping') report.line(`Waiting for process ${found.pid} to stop.`)
  const running = await whileServerIs('stopping', data, stopWithinMs)
  if (running !== undefined) {
    throw new GembaError('already_running', { pid: String(running.pid), url: running.url })
  }
}

async function announce(options: ServeOptions, data: DataFolder, report: Report, flags: ServeFlags): Promise<void> {
  const url = options.auth === 'token' ? consoleUrl(options.url, data) : `${options.url}/`
  report.line(`Gemba is up. Its logs are in ${data.logs}.`)
  report.line('Ctrl-C stops it; running agents stay in their panes.')
  print(flags.json === true ? JSON.stringify({ event: 'ready', url, pid: process.pid }) : url)
  if (flags.open === true) await openBrowser(url, data)
}
