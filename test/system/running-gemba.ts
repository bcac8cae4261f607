import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { dataRoot } from '../../runtime/data-root.ts'
import { exec, run, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { ApiClient, eventually } from './api-client.ts'

const gemba = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))

/** A Gemba that a test did not stop, and that takes longer to stop, is killed. */
const endWithinMs = 30_000

/** A project in a temporary folder: a git repository with one commit, and Gemba's configuration. */
export interface TestProject {
  readonly folder: string
  readonly port: number
  readonly socket: string
  /** Its data folder. */
  readonly data: string
  /** What its processes are told beside our own environment. */
  readonly env: NodeJS.ProcessEnv
  /** Has this done before the folder goes; the latest first. */
  onRelease(end: () => Promise<void>): void
  /** Ends whatever still runs and removes the folder. */
  release(): Promise<void>
}

export interface ProjectOptions {
  /** Lines of `[timing]`, so that a test need not wait for what people can wait for. */
  readonly timing?: Readonly<Record<string, number | readonly number[]>>
  readonly maxSessions?: number
  /** More `[[agent]]` blocks. */
  readonly agents?: string
  readonly defaultAgent?: string
  readonly integration?: string
  /** More lines of `[limits]`. */
  readonly limits?: Readonly<Record<string, number>>
  /** More `[[repository]]` blocks. */
  readonly repositories?: string
  /** Prefix of the beads of the project's own repository. Default: that of all beads. */
  readonly ownPrefix?: string
  /** Lines of `[processes]`. */
  readonly processes?: Readonly<Record<string, number>>
  readonly files?: Readonly<Record<string, string>>
  /** Keep the data where a person's project has it: in the user's state folder, which is one of the test's own here. */
  readonly keptApart?: boolean
}

/** Makes a project whose default agent is the scripted one, at full speed. */
export async function createProject(options: ProjectOptions = {}): Promise<TestProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gemba-project-')))
  await writeFiles(folder, { 'README.md': '# Test project\n', ...options.files })
  const git = locateTool('git')
  const as = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
  await run(git, ['init', '-q', '-b', 'main', folder])
  await run(git, ['-C', folder, 'add', '-A'])
  await run(git, ['-C', folder, ...as, 'commit', '-q', '-m', 'Begin'])
  await writeFiles(folder, { '.gemba/gemba.toml': projectFile(options), '.gemba/agents.toml': agentsFile(options) })
  // A space, as on macOS.
  const env = { XDG_STATE_HOME: `${folder} state`, GEMBA_DATA: '' }
  // Else it keeps its data with itself, as the example does.
  if (options.keptApart !== true) await mkdir(join(folder, '.gemba', 'data'), { mode: 0o700 })
  const data = dataRoot(folder, undefined, env)
  const socket = `gemba-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`
  const ends: (() => Promise<void>)[] = []
  return {
    folder,
    port: await freePort(),
    socket,
    data,
    env,
    onRelease: (end) => void ends.push(end),
    async release() {
      for (const end of ends.reverse()) await end()
      await exec(locateTool('tmux'), ['-L', socket, 'kill-server'])
      for (const place of [folder, env.XDG_STATE_HOME])
        await rm(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}

/** `gemba serve` as a process of its own, as a person runs it. */
export class RunningGemba {
  readonly project: TestProject
  readonly api: ApiClient
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #exited: Promise<number | null>

  private constructor(project: TestProject, process: ChildProcess) {
    this.project = project
    this.#process = process
    this.api = new ApiClient(`http://127.0.0.1:${project.port}`, join(project.data, 'token'))
    this.#exited = once(process, 'close').then(([code]) => code as number | null)
  }

  /** Starts it and waits until it says that it is up. */
  static async start(project: TestProject, flags: readonly string[] = []): Promise<RunningGemba> {
    const listen = ['--listen', `127.0.0.1:${project.port}`, '--no-open', '--json']
    const child = start(process.execPath, [gemba, 'serve', project.folder, ...listen, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...project.env, GEMBA_ACTOR: 'tester' },
    })
    const running = new RunningGemba(project, child)
    project.onRelease(() => running.#end())
    await running.#ready(child)
    return running
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Asks it to stop as Ctrl-C does; the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#process.kill(signal)
    return this.#exited
  }

  /** Whatever has become of it: nothing happens when it has ended. */
  async #end(): Promise<void> {
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), endWithinMs)
    await this.stop('SIGTERM')
    clearTimeout(patience)
  }

  /** Waits until the dispatcher may start something on the host. */
  async hostOnline(): Promise<void> {
    await eventually('the host is online', async () =>
      (await this.api.hosts()).some((host) => host.status === 'online'),
    )
  }

  exited(): Promise<number | null> {
    return this.#exited
  }

  /** What the supervisor told of its children, in order; from `--json`. */
  events(): Record<string, unknown>[] {
    return this.lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
  }

  /** The process that now stands for one of its children. */
  async child(name: 'temporal' | 'dolt' | 'server' | 'host'): Promise<number> {
    const started = this.events().findLast((event) => event['type'] === 'ready' && event['name'] === name)
    if (typeof started?.['pid'] === 'number') return started['pid']
    throw new Error(`${name} has not been started`)
  }

  async #ready(child: ChildProcess): Promise<void> {
    if (child.stdout === null || child.stderr === null) throw new Error('no output')
    const ready = Promise.withResolvers<void>()
    createInterface({ input: child.stderr }).on('line', (line) => this.lines.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line)
      if (line.includes('"event":"ready"')) ready.resolve()
    })
    void this.#exited.then((code) =>
      ready.reject(new Error(`gemba serve ended with ${code}:\n${this.lines.join('\n')}`)),
    )
    await ready.promise
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

function projectFile(options: ProjectOptions): string {
  const { timing, limits, processes, maxSessions, defaultAgent, integration, repositories, ownPrefix } = options
  const valued = (values: object): string[] =>
    Object.entries(values).map(([key, value]) => `${snake(key)} = ${JSON.stringify(value)}`)
  const written = (title: string, values: object = {}): string[] => {
    const lines = valued(values)
    return lines.length === 0 ? [] : [title, ...lines]
  }
  return [
    '[project]',
    'id = "test"',
    'name = "Test project"',
    'prefix = "tp"',
    '[[repository]]',
    'id = "main"',
    'path = "."',
    'base = "main"',
    `integration = "${integration ?? 'merge'}"`,
    `prefixes = ["${ownPrefix ?? 'tp'}"]`,
    repositories ?? '',
    '[limits]',
    `max_sessions = ${maxSessions ?? 8}`,
    ...valued(limits ?? {}),
    '[agents]',
    `default = "${defaultAgent ?? 'scripted'}"`,
    ...written('[timing]', timing),
    ...written('[processes]', processes),
    '',
  ].join('\n')
}

function agentsFile({ agents, maxSessions }: ProjectOptions): string {
  return [
    '[[agent]]',
    'name = "scripted"',
    'command = "gemba:scripted"',
    'hooks = "none"',
    'preamble = "file"',
    `max_parallel = ${maxSessions ?? 8}`,
    'interaction_mode = "balanced"',
    '[agent.env]',
    'GEMBA_SCRIPTED_PACE = "0"',
    agents ?? '',
    '',
  ].join('\n')
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** What git says in a folder. */
export function gitIn(folder: string, ...args: string[]): Promise<string> {
  return run(locateTool('git'), ['-C', folder, ...args])
}
