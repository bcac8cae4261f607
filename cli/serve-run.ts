import { ChildRecord } from '../runtime/child-record.ts'
import { diskRefusal, type DiskState } from '../model/disk.ts'
import { GembaError } from '../model/error.ts'
import type { SourceSelection } from '../model/mode.ts'
import type { DataFolder, ProjectLock } from '../runtime/data-folder.ts'
import { DiskWatch } from '../runtime/disk-watch.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import type { CommonSettings } from '../runtime/settings.ts'
import type { BecomesLine, PaneLine, WarningLine } from '../runtime/supervised.ts'
import type { ChildDescription, ChildEvent, RoomToRun } from '../runtime/supervised-child.ts'
import { Supervisor } from '../runtime/supervisor.ts'
import type { Report } from '../runtime/terminal.ts'
import { socketOf, type Tools } from './compose.ts'
import { leftPanes } from './left-panes.ts'
import { exitCodes, print } from './output.ts'

export interface ServeRunOptions {
  readonly data: DataFolder
  readonly report: Report
  readonly lock: ProjectLock
  /** Absent where no agents run. */
  readonly tools: Tools | undefined
  readonly children: readonly ChildDescription[]
  readonly hungAfterMs: number
  readonly largestLog: number
  readonly disk: CommonSettings['disk']
  /** Whether events go to standard output, as lines of JSON. */
  readonly json: boolean
  /** Called once everything is in service. */
  readonly ready: () => Promise<void>
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One run of the supervisor, told to people line by line and to its log. */
export class ServeRun {
  readonly #options: ServeRunOptions
  readonly #record: ChildRecord
  readonly #log: Logger
  readonly #supervisor: Supervisor
  readonly #disk: DiskWatch
  readonly #stop = Promise.withResolvers<number>()
  #panes: readonly PaneLine[] | undefined
  #becomes: SourceSelection | undefined
  /** The exit code of a stop that came while it was going over. */
  #wasTold: number | undefined
  #stopping = false

  constructor(options: ServeRunOptions) {
    const { data, children, hungAfterMs, largestLog } = options
    this.#options = options
    this.#record = new ChildRecord(data)
    this.#log = createLogger('supervisor', data.logs)
    this.#disk = new DiskWatch(options.disk)
    const report = (event: ChildEvent): void => this.#hear(event)
    const room = roomFor(data.root, this.#disk)
    this.#supervisor = new Supervisor({ children, logs: data.logs, hungAfterMs, largestLog, report, room })
  }

  /** The source of Beads-only mode that is to be served next, in place of what has stopped. */
  get becomes(): SourceSelection | undefined {
    return this.#becomes
  }

  /** Starts everything and stays until a signal; all has stopped when it returns. The exit code. */
  async untilStopped(): Promise<number> {
    const onSignal = (signal: NodeJS.Signals): void => this.#signalled(signal)
    for (const signal of stopSignals) process.on(signal, onSignal)
    this.#log.info('started')
    let before: DiskState['status'] = 'ok'
    this.#disk.onChange((state) => {
      if (state.status !== before) this.#tellDisk(state)
      before = state.status
    })
    void this.#disk.look()
    const started = this.#supervisor.start().then(() => {
      this.#options.lock.mark('up')
      return this.#options.ready()
    })
    const code = await Promise.race([started.then(() => this.#stop.promise), this.#stop.promise])
    await this.#supervisor.stop()
    await started.catch(() => undefined)
    await this.#tellPanes()
    this.#log.info('stopped')
    this.#disk.close()
    this.#options.lock.release()
    if (this.#becomes !== undefined) for (const signal of stopSignals) process.off(signal, onSignal)
    return this.#wasTold ?? code
  }

  #hear(event: ChildEvent): void {
    if (event.type === 'started') void this.#record.note(event.name, event.pid).catch((error) => this.#notNoted(error))
    else if (event.type === 'message') this.#hearMessage(event.message)
    else this.#tell(event)
  }

  /** A start after a kill of this one would not know of the child and not wait for it; its guard ends it all the same. */
  #notNoted(error: unknown): void {
    this.#log.warn({ why: String(error) }, 'a child could not be noted')
  }

  #noteAgain(): void {
    try {
      this.#record.write()
    } catch (error) {
      this.#notNoted(error)
    }
  }

  /** One line when the room runs out, and one when it is back. */
  #tellDisk(state: DiskState): void {
    const error = diskRefusal(state)
    const { status, folder, left } = state
    if (error === undefined) {
      this.#log.info({ folder, left }, 'there is room on the disk again')
      this.#noteAgain()
      return this.#line('There is room on the disk again.', { type: 'disk', status })
    }
    this.#log.error({ code: error.code, why: error.message }, `the disk is ${status}`)
    const meanwhile = status === 'full' ? 'What can not be written now waits.' : 'Nothing new is started.'
    this.#line(`${error.code}: ${error.message} ${meanwhile} ${error.mend}`, {
      type: 'disk',
      status,
      error: error.code,
    })
  }

  #tell(event: Exclude<ChildEvent, { type: 'started' | 'message' }>): void {
    switch (event.type) {
      case 'ready':
        this.#log.info({ child: event.name, childPid: event.pid, restarts: event.restarts }, 'in service')
        return this.#line(`${event.name}: ${event.restarts === 0 ? 'up' : 'up again'}.`, event)
      case 'ended':
        this.#log.warn({ child: event.name, how: event.how, retryInMs: event.retryInMs }, 'ended')
        return this.#line(`${event.name}: ended (${event.how}); starting it again in ${event.retryInMs} ms.`, event)
      case 'held': {
        const { name, how, error } = event
        this.#log.warn({ child: name, how, code: error.code }, 'ended; it is started again once there is room')
        const line = `${name}: ended (${how}), the disk is full; it is started again once there is room.`
        return this.#line(line, { ...event, error: error.code })
      }
      case 'stopped':
        return this.#log.info({ child: event.name, how: event.how, afterMs: event.afterMs }, 'stopped')
      case 'hung':
      case 'failing': {
        const { type, name, error } = event
        this.#log.error({ child: name, code: error.code, why: error.message }, type)
        return this.#line(`${error.code}: ${error.message}`, { ...event, error: error.code })
      }
    }
  }

  /**
   * Only the terminal's own signal, Ctrl-C, counts when it comes again: the others arrive more than once when a
   * terminal is closed, from the kernel and from whoever stands in between.
   */
  #signalled(signal: NodeJS.Signals): void {
    const { report, lock } = this.#options
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.done
    if (this.#becomes !== undefined) {
      this.#becomes = undefined
      this.#wasTold = code
      return report.line('Stopping; Ctrl-C again for at once.')
    }
    if (this.#stopping) {
      if (signal !== 'SIGINT') return
      report.line('Stopping at once.')
      this.#log.warn({ signal }, 'stopping at once')
      this.#supervisor.kill()
      return
    }
    this.#stopping = true
    lock.mark('stopping')
    report.line('Stopping; Ctrl-C again for at once.')
    this.#log.info({ signal }, 'stopping')
    this.#stop.resolve(code)
  }

  /** As at Ctrl-C, but that it goes on. */
  #goOver(becomes: SourceSelection): void {
    if (this.#stopping) return
    this.#stopping = true
    this.#becomes = becomes
    this.#options.lock.mark('stopping')
    this.#options.report.line('Going over to Beads-only mode.')
    this.#log.info({ kind: becomes.kind }, 'going over to Beads-only mode')
    this.#stop.resolve(exitCodes.done)
  }

  #hearMessage(message: unknown): void {
    if (typeof message !== 'object' || message === null) return
    if ('becomes' in message) this.#goOver((message as BecomesLine).becomes)
    if ('panes' in message && Array.isArray(message.panes)) this.#panes = message.panes as PaneLine[]
    if (!('warnings' in message) || !Array.isArray(message.warnings)) return
    for (const warning of message.warnings as WarningLine[]) {
      this.#log.warn({ code: warning.code, why: warning.message }, 'warning')
      this.#line(`${warning.code}: ${warning.message}\n  ${warning.mend}`, { type: 'warning', ...warning })
    }
  }

  /**
   * The host says it at its end. When it could not, or says that there are none, tmux is asked: it knows of them, though
   * not of their beads, and it is to end when there are none.
   */
  async #tellPanes(): Promise<void> {
    const { report, data, tools, children } = this.#options
    if (tools === undefined || !children.some((child) => child.name === 'host')) return
    const socket = socketOf(data)
    const told = this.#panes ?? []
    const panes = told.length > 0 ? told : (await leftPanes(tools.tmux, socket)).map((window) => ({ window }))
    if (panes.length === 0) return
    this.#line(`${panes.length} agent(s) go on in their panes:`, { type: 'panes', panes })
    for (const pane of panes) {
      report.line('window' in pane ? `  window ${pane.window}` : `  ${pane.bead}  session ${pane.session}`)
    }
    report.line(`Start again to go on with them, or end them: tmux -L ${socket} kill-server`)
  }

  #line(text: string, event: object): void {
    if (this.#options.json) print(JSON.stringify({ event: 'child', ...event }))
    this.#options.report.line(text)
  }
}

/** A child that ended on a full disk is started again once there is room for it. */
function roomFor(folder: string, disk: DiskWatch): RoomToRun {
  const isFull = (state: DiskState): boolean => state.status === 'full'
  return {
    async missing() {
      const state = await disk.look()
      return isFull(state) ? new GembaError('disk_full', { path: state.folder || folder }) : undefined
    },
    until: (signal) => disk.until((state) => !isFull(state), signal),
  }
}
