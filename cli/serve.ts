import { existsSync } from 'node:fs'
import { fullBytes } from '../model/disk.ts'
import { awaitLeftChildren } from '../runtime/child-record.ts'
import type { SourceSelection } from '../model/mode.ts'
import { loadProject, loadServing, type LoadedProject } from '../runtime/config.ts'
import { createDataFolder, dataFolderOf, lockProject, type DataFolder } from '../runtime/data-folder.ts'
import { claimDataFolder } from '../runtime/data-owner.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { logLevel } from '../runtime/log-level.ts'
import { serveMode } from '../runtime/serve-mode.ts'
import { createReport } from '../runtime/terminal.ts'
import { requireRoom } from '../runtime/tools/room.ts'
import { agentChecks } from './agent-checks.ts'
import type { Check } from './check.ts'
import { compose, obtainTools, storeOf, watchedDisk, type ServeOptions } from './compose.ts'
import { excludeFromGit, ownPaths } from './git-exclude.ts'
import { serveBeadsOnly, type Heritage } from './serve-beads-only.ts'
import { serveOptions, startCommand, type ServeFlags } from './serve-options.ts'
import { ServeRun } from './serve-run.ts'
import { announce, refuseSecond } from './serve-steps.ts'

/** `gemba serve`: in full mode on a project, or in Beads-only mode on any Beads database, until it is told to stop. */
export async function serve(folder: string, flags: ServeFlags): Promise<number> {
  logLevel()
  const config = loadServing(folder)
  const mode = serveMode(config, flags, startCommand())
  if (mode.mode === 'beads_only') return serveBeadsOnly(config, mode, flags)
  const { code, became } = await serveProject(folder, flags)
  if (became === undefined) return code
  return serveBeadsOnly(config, { ...mode, mode: 'beads_only', source: became.source }, flags, became)
}

/** What a run of full mode leaves to the Beads-only mode that a person chose in its console. */
type Became = { readonly source: SourceSelection } & Heritage

/** Runs a project. It holds the project's lock all the while. */
async function serveProject(folder: string, flags: ServeFlags): Promise<{ code: number; became?: Became }> {
  const report = createReport()
  const loaded = loadProject(folder)
  const command = startCommand()
  const options = await serveOptions(loaded, flags, command)
  const data = dataFolderOf(loaded.folder, flags.data)
  await refuseSecond(data, report)
  const isNew = prepareData(loaded, data)
  await excludeFromGit(loaded.folder, ownPaths)
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
      ready: () => announce(options, data, report, flags, 'Ctrl-C stops it; running agents stay in their panes.'),
    })
    const code = await run.untilStopped()
    const source = run.becomes
    if (source === undefined) return { code }
    const store = storeOf(loaded, data)
    return { code, became: { source, data, store, project: loaded.project.id, options } }
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
