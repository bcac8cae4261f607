import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Repository } from '../model/agent.ts'
import { diskRefusal, judgeDisk, sizeText } from '../model/disk.ts'
import { GembaError } from '../model/error.ts'
import { configPaths, loadProject, type LoadedProject } from '../runtime/config.ts'
import { dataFolderOf, runningServer, type DataFolder } from '../runtime/data-folder.ts'
import { keptDataRoot, ownDataRoot, realPath } from '../runtime/data-root.ts'
import { roomsOf } from '../runtime/disk-watch.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import { listenText } from '../runtime/listen-address.ts'
import { nearestExisting } from '../runtime/nearest-existing.ts'
import { withoutSecrets } from '../runtime/url-secrets.ts'
import { agentChecks } from './agent-checks.ts'
import { ok, problem, type Check } from './check.ts'
import { git, repositoryRoot } from './repository-root.ts'

/** Room on the disk, in bytes, below which it is worth a word. */
const comfortable = 3e9
/** What must be free where no project says otherwise. */
const usualLeast = 500e6

/** What the project's folder, its configuration, its repositories and its port are like. */
export async function projectChecks(folder: string, named: string | undefined): Promise<Check[]> {
  if (!existsSync(configPaths(folder).project)) {
    const detail = `${folder} is no Gemba project yet`
    return [
      ...(await diskChecks([folder], usualLeast)),
      { id: 'project', status: 'note', detail, fix: 'Run `gemba init`.' },
    ]
  }
  const data = dataFolderOf(folder, named)
  const loaded = load(folder)
  if ('status' in loaded) return [...(await diskChecks([data.root], usualLeast)), dataCheck(data), loaded]
  const { project, agents, repositories } = loaded
  const written = [data.root, ...repositories.map(({ path }) => path)]
  return [
    ...(await diskChecks(written, loaded.minFreeDisk)),
    placedCheck(loaded, data),
    ok('config', `project ${project.id}`),
    ...(await Promise.all(repositories.map((repository) => repositoryCheck(repository)))),
    ...agentChecks(agents, project.defaultAgent),
    ...secretChecks(loaded),
    await portCheck(loaded, data),
  ]
}

/** One finding for each file system; below `least` nothing would be started. */
async function diskChecks(folders: readonly string[], least: number): Promise<Check[]> {
  const devices = new Map(folders.map((folder) => [statSync(nearestExisting(folder)).dev, folder] as const).reverse())
  const rooms = await roomsOf(folders.filter((folder) => [...devices.values()].includes(folder)))
  return rooms.map((room, index): Check => {
    const id = index === 0 ? 'disk' : `disk ${index + 1}`
    const refusal = diskRefusal(judgeDisk([room], least, 'ok'))
    if (refusal !== undefined) return problem(id, refusal)
    const detail = `${sizeText(room.free)} free at ${room.folder}`
    return room.free < comfortable ? { id, status: 'note', detail, fix: 'Free some room.' } : ok(id, detail)
  })
}

function load(folder: string): LoadedProject | Check {
  try {
    return loadProject(folder)
  } catch (error) {
    return problem('config', error)
  }
}

async function repositoryCheck({ id, path, base, integration, remote }: Repository): Promise<Check> {
  try {
    const top = await repositoryRoot(path)
    requireWritable(top)
    const unusable = (why: string): GembaError => new GembaError('repository_unusable', { repository: id, why })
    if (top !== realPath(path)) throw unusable(`its top folder is ${top}, not ${path}`)
    const found = await git(path, ['rev-parse', '--verify', '--quiet', `refs/heads/${base}`])
    if (found.code !== 0) throw unusable(`it has no branch ${base}, or no commit on it yet`)
    if (integration === 'push' || integration === 'pr') {
      const address = await git(path, ['config', '--get', `remote.${remote}.url`])
      if (address.code !== 0) throw unusable(`it has no remote ${remote}, which its policy ${integration} needs`)
    }
    return ok(`repository ${id}`, `${path}, branch ${base}`)
  } catch (error) {
    return problem(`repository ${id}`, error)
  }
}

function requireWritable(path: string): void {
  accessSync(nearestExisting(path), constants.W_OK)
}

/** Files that hold secrets and that others can read. */
function secretChecks({ folder, agents, origins }: LoadedProject): Check[] {
  const paths = configPaths(folder)
  const written = ['beads.url', 'store.url'].map((key) => origins.get(key)).filter((origin) => origin !== undefined)
  const passwords = written.some(
    ({ value, from }) => from.startsWith(paths.project) && typeof value === 'string' && withoutSecrets(value) !== value,
  )
  const variables = agents.some((agent) => Object.keys(agent.env).length > 0)
  const holding: [string, boolean][] = [
    [paths.project, passwords],
    [paths.agents, variables],
  ]
  return holding.flatMap(([file, secret]): Check[] => {
    const found = statSync(file, { throwIfNoEntry: false })
    if (!secret || found === undefined || (found.mode & 0o077) === 0) return []
    const detail = `${file} may hold secrets and can be read by others`
    return [{ id: 'secrets', status: 'problem', detail, fix: `Run \`chmod 600 '${file}'\`.` }]
  })
}

async function portCheck({ listen }: LoadedProject, data: DataFolder): Promise<Check> {
  const running = await runningServer(data)
  if (running !== undefined) return ok('port', `Gemba runs: process ${running.pid}, ${running.url}`)
  const detail = listen.port === 0 ? 'a free port is chosen at each start' : `${listenText(listen)} is free`
  return requireFreePort(listen, 'gemba serve').then(
    () => ok('port', detail),
    (error: unknown) => problem('port', error),
  )
}

/** Data inside the project goes with `git clean -fdx`, and is found by whoever searches the project; not the example's. */
function placedCheck({ folder, example }: LoadedProject, data: DataFolder): Check {
  const { root } = data
  const check = dataCheck(data)
  if (example || check.status === 'problem' || root !== ownDataRoot(realPath(folder))) return check
  const detail = `${root} is inside the project: \`git clean -fdx\` would delete it`
  const kept = keptDataRoot(folder)
  const fix = `End the agents and stop Gemba, then \`mkdir -p '${dirname(kept)}' && mv '${root}' '${kept}'\`.`
  return { id: 'data', status: 'note', detail, fix }
}

function dataCheck({ root }: DataFolder): Check {
  try {
    requireWritable(root)
  } catch (error) {
    return problem('data', error)
  }
  const found = statSync(root, { throwIfNoEntry: false })
  if (found === undefined) return { id: 'data', status: 'note', detail: `nothing stored yet in ${root}`, fix: null }
  if ((found.mode & 0o077) !== 0) {
    return {
      id: 'data',
      status: 'problem',
      detail: `${root} can be read by others`,
      fix: `Run \`chmod 700 '${root}'\`.`,
    }
  }
  return ok('data', root)
}
