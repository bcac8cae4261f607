import { existsSync } from 'node:fs'
import { GembaError } from '../model/error.ts'
import { awaitLeftChildren, ChildRecord } from '../runtime/child-record.ts'
import { loadProject, type LoadedProject } from '../runtime/config.ts'
import { createDataFolder, dataFolderOf, lockProject, runningServer, type DataFolder } from '../runtime/data-folder.ts'
import { claimDataFolder } from '../runtime/data-owner.ts'
import type { HeldLock } from '../runtime/file-lock.ts'
import { requireFreePort } from '../runtime/free-port.ts'
import type { PaneLine } from '../runtime/supervised.ts'
import type { ChildEvent } from '../runtime/supervised-child.ts'
import { Supervisor } from '../runtime/supervisor.ts'
import { createReport, type Report } from '../runtime/terminal.ts'
import { compose, obtainTools, socketOf, type ServeOptions } from './compose.ts'
import { consoleUrl, openBrowser } from './console-url.ts'
import { excludeFromGit, ownFolders } from './git-exclude.ts'
import { exitCodes, print } from './output.ts'
import { serveOptions, startCommand, type ServeFlags } from './serve-options.ts'

/** `gemba serve`: runs a project until it is told to stop. It holds the project's lock all the while. */
export async function serve(folder: string, flags: ServeFlags): Promise<number> {
  const report = createReport()
  const loaded = loadProject(folder)
  const command = startCommand()
  const options = await serveOptions(loaded, flags, command)
  const data = dataFolderOf(loaded.folder, flags.data)
  await refuseSecond(data)
  const isNew = prepareData(loaded, data)
  await excludeFromGit(loaded.folder, ownFolders)
  const tools = await obtainTools(loaded, options, report)
  if (isNew) report.line(`The data of this project, its beads included, is kept in ${data.root}`)
  const lock = await lockProject(data, options.url)
  try {
    await awaitLeftChildren(data, (count) =>
      report.line(`Waiting for ${count} process(es) of an earlier start to end.`),
    )
    await requireFreePort(options.listen, command)
    const run = new ServeRun(data, report, flags.json === true)
    const children = await compose(loaded, options, data, tools, report)
    const supervisor = new Supervisor({ children, logs: data.logs, report: (event) => run.hear(event) })
    return await run.untilStopped(supervisor, lock, () => announce(options, data, report, flags))
  } finally {
    lock.release()
  }
}

/** Makes the data folder; whether it is the first time. */
function prepareData({ project, folder }: LoadedProject, data: DataFolder): boolean {
  const isNew = !existsSync(data.token)
  claimDataFolder(data, { id: project.id, folder })
  createDataFolder(data)
  return isNew
}

async function refuseSecond(data: DataFolder): Promise<void> {
  const running = await runningServer(data)
  if (running !== undefined) {
    throw new GembaError('already_running', { pid: String(running.pid), url: running.url })
  }
}

async function announce(options: ServeOptions, data: DataFolder, report: Report, flags: ServeFlags): Promise<void> {
  const url = options.auth === 'token' ? consoleUrl(options.url, data) : `${options.url}/`
  report.line('Gemba is up. Ctrl-C stops it; running agents stay in their panes.')
  print(flags.json === true ? JSON.stringify({ event: 'ready', url, pid: process.pid }) : url)
  if (flags.open === true) await openBrowser(url, data)
}

/** One run of the supervisor, told to people line by line. */
class ServeRun {
  readonly #report: Report
  readonly #json: boolean
  readonly #record: ChildRecord
  readonly #data: DataFolder
  readonly #stop = Promise.withResolvers<number>()
  #panes: readonly PaneLine[] = []
  #stopping = false
  #supervisor: Supervisor | undefined

  constructor(data: DataFolder, report: Report, json: boolean) {
    this.#data = data
    this.#report = report
    this.#json = json
    this.#record = new ChildRecord(data)
  }

  hear(event: ChildEvent): void {
    if (event.type === 'started') void this.#record.note(event.name, event.pid)
    else if (event.type === 'message') this.#hearMessage(event.message)
    else if (event.type === 'ready') this.#line(`${event.name}: ${event.restarts === 0 ? 'up' : 'up again'}.`, event)
    else if (event.type === 'failing')
      this.#line(`${event.error.code}: ${event.error.message}`, { ...event, error: event.error.code })
    else this.#line(`${event.name}: ended (${event.how}); starting it again in ${event.retryInMs} ms.`, event)
  }

  /** Starts everything and stays until a signal; all has stopped when it returns. */
  async untilStopped(supervisor: Supervisor, lock: HeldLock, ready: () => Promise<void>): Promise<number> {
    this.#supervisor = supervisor
    const onSignal = (signal: NodeJS.Signals): void => this.#signalled(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
    const started = supervisor.start().then(ready)
    const code = await Promise.race([started.then(() => this.#stop.promise), this.#stop.promise])
    await supervisor.stop()
    await started.catch(() => undefined)
    this.#tellPanes()
    lock.release()
    return code
  }

  #signalled(signal: NodeJS.Signals): void {
    if (this.#stopping) {
      this.#report.line('Stopping at once.')
      this.#supervisor?.hurry(1_000)
      return
    }
    this.#stopping = true
    this.#report.line('Stopping; again for at once.')
    this.#stop.resolve(signal === 'SIGINT' ? 130 : exitCodes.done)
  }

  #hearMessage(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('panes' in message)) return
    if (Array.isArray(message.panes)) this.#panes = message.panes as PaneLine[]
  }

  #tellPanes(): void {
    if (this.#panes.length === 0) return
    this.#line(`${this.#panes.length} agent(s) go on in their panes:`, { type: 'panes', panes: this.#panes })
    for (const pane of this.#panes) this.#report.line(`  ${pane.bead}  session ${pane.session}`)
    this.#report.line(`Start again to go on with them, or end them: tmux -L ${socketOf(this.#data)} kill-server`)
  }

  #line(text: string, event: object): void {
    if (this.#json) print(JSON.stringify({ event: 'child', ...event }))
    this.#report.line(text)
  }
}
