import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError } from '../model/error.ts'
import { codedError } from './coded-error.ts'
import { start as startProcess } from './exec.ts'
import { guarded } from './guard.ts'
import { Liveness, thisMoment, type Moment } from './liveness.ts'
import { logTail, openLog } from './log-files.ts'

/** One process that the supervisor keeps running. */
export interface ChildDescription {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Children that must be ready before this one starts, and that stop after it. */
  readonly needs: readonly string[]
  /** How it is known to be in service: it says `{ready: true}` on its IPC channel, or a check succeeds. */
  readonly ready: 'message' | (() => Promise<boolean>)
  readonly readyWithinMs: number
  /**
   * How it is known to answer while it is in service: it replies to questions on its IPC channel, or a check succeeds.
   * Without it only its end is noticed, not that it hangs.
   */
  readonly alive?: 'message' | (() => Promise<boolean>)
  /** How long a stop may take until it is ended by force. */
  readonly graceSeconds: number
}

/** When a child that ended is started again, in milliseconds. */
export interface RestartPolicy {
  readonly first: number
  readonly longest: number
  /** Time up after which earlier failures are forgotten. */
  readonly forgetAfter: number
  /** Failures in a row after which it is reported as failing, and a first start given up. */
  readonly reportAfter: number
}

export const defaultRestart: RestartPolicy = { first: 200, longest: 10_000, forgetAfter: 30_000, reportAfter: 4 }

export type ChildEvent =
  | { readonly type: 'started'; readonly name: string; readonly pid: number }
  | { readonly type: 'ready'; readonly name: string; readonly pid: number; readonly restarts: number }
  | { readonly type: 'ended'; readonly name: string; readonly how: string; readonly retryInMs: number }
  /** It ended while the disk was full, and is started again once there is room. */
  | { readonly type: 'held'; readonly name: string; readonly how: string; readonly error: GembaError }
  | { readonly type: 'hung'; readonly name: string; readonly pid: number; readonly error: GembaError }
  | { readonly type: 'failing'; readonly name: string; readonly error: GembaError }
  /** It ended because it was told to, so long after. */
  | { readonly type: 'stopped'; readonly name: string; readonly how: string; readonly afterMs: number }
  | { readonly type: 'message'; readonly name: string; readonly message: unknown }

interface Ended {
  readonly how: string
  readonly upMs: number
}

/** What a child whose `alive` is `message` is asked on its IPC channel; it replies with `{alive: true}`. */
export const areYouAlive = { areYouAlive: true } as const

export interface SupervisedChildOptions {
  /** Folder of the children's logs. */
  readonly logs: string
  readonly restart: RestartPolicy
  /** Silence after which a child in service counts as hung, is ended by force and started again. */
  readonly hungAfterMs: number
  readonly report: (event: ChildEvent) => void
  readonly room: RoomToRun
}

/** Whether there is room for a process to run, for one that ended when there was none. */
export interface RoomToRun {
  /** Looks now; why a child can not run, or undefined. */
  missing(): Promise<GembaError | undefined>
  /** Resolves once there is room, at the latest when the signal aborts. */
  until(signal: AbortSignal): Promise<void>
}

/** Never asks about the disk. */
export const alwaysRoom: RoomToRun = { missing: async () => undefined, until: async () => undefined }

/** Starts one child, restarts it with back-off when it ends or hangs, and stops it when asked. */
export class SupervisedChild {
  readonly #description: ChildDescription
  readonly #policy: RestartPolicy
  readonly #logs: string
  readonly #hungAfterMs: number
  readonly #report: (event: ChildEvent) => void
  readonly #room: RoomToRun
  #process: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #stopping = new AbortController()
  #restarts = 0
  /** Of the child that is in service. */
  #liveness: Liveness | undefined
  #hungMs = 0
  #lastEnd = 'not started'

  constructor(description: ChildDescription, { logs, restart, hungAfterMs, report, room }: SupervisedChildOptions) {
    this.#description = description
    this.#logs = logs
    this.#policy = restart
    this.#hungAfterMs = hungAfterMs
    this.#report = report
    this.#room = room
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get needs(): readonly string[] {
    return this.#description.needs
  }

  /** Resolves when the child is in service; `process_failing` when it fails from the beginning. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended = this.#keepRunning(resolve, reject)
    })
  }

  /** Ends the child kindly and, after its grace, by force. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const begun = performance.now()
    const child = this.#process
    if (child !== undefined) signal(child.pid, 'SIGTERM')
    const timer = setTimeout(() => this.kill(), this.#description.graceSeconds * 1_000)
    await this.#ended
    clearTimeout(timer)
    const afterMs = Math.round(performance.now() - begun)
    this.#report({ type: 'stopped', name: this.#description.name, how: this.#lastEnd, afterMs })
  }

  /** Ends the child and what it left in its process group, at once. */
  kill(): void {
    this.#stopping.abort()
    if (this.#process?.pid !== undefined) signal(-this.#process.pid, 'SIGKILL')
  }

  /** Asks the child whether it is alive, and ends it when it has been silent for too long. To be called again and again. */
  look(now: Moment): void {
    const silentMs = this.#liveness?.look(now)
    const pid = this.#process?.pid
    if (silentMs === undefined || pid === undefined || this.#stopping.signal.aborted) return
    this.#liveness = undefined
    this.#hungMs = silentMs
    const { name } = this.#description
    const params = { name, seconds: String(Math.round(silentMs / 1_000)), log: this.#log }
    this.#report({ type: 'hung', name, pid, error: new GembaError('process_hung', params) })
    signal(-pid, 'SIGKILL')
  }

  async #keepRunning(started: () => void, failed: (error: unknown) => void): Promise<void> {
    let failures = 0
    while (!this.#stopping.signal.aborted) {
      const ended = await this.#runOnce(started)
      this.#lastEnd = ended.how
      if (this.#stopping.signal.aborted) break
      this.#restarts += 1
      if (await this.#heldForRoom(ended.how)) continue
      failures = ended.upMs >= this.#policy.forgetAfter ? 1 : failures + 1
      const retryInMs = Math.min(this.#policy.first * 2 ** (failures - 1), this.#policy.longest)
      this.#report({ type: 'ended', name: this.#description.name, how: ended.how, retryInMs })
      if (failures === this.#policy.reportAfter) {
        const error = this.#failing(ended.how)
        this.#report({ type: 'failing', name: this.#description.name, error })
        failed(error)
      }
      await pause(retryInMs, this.#stopping.signal)
    }
    failed(new GembaError('process_failing', { name: this.#description.name, why: 'it was stopped', log: this.#log }))
  }

  /** Waits for room when the child ended for want of it: until then it would only end again. */
  async #heldForRoom(how: string): Promise<boolean> {
    const error = await this.#room.missing()
    if (error === undefined || this.#stopping.signal.aborted) return false
    this.#report({ type: 'held', name: this.#description.name, how, error })
    await this.#room.until(this.#stopping.signal)
    // What was short of room is not at once the first in line for it.
    await pause(this.#policy.first, this.#stopping.signal)
    return true
  }

  /** One life of the child, from start to end. */
  async #runOnce(started: () => void): Promise<Ended> {
    const begun = performance.now()
    let child: ChildProcess
    try {
      child = this.#spawn()
    } catch (error) {
      return { how: codedError(error).message, upMs: 0 }
    }
    this.#process = child
    if (child.pid !== undefined) this.#report({ type: 'started', name: this.#description.name, pid: child.pid })
    const over = new AbortController()
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, by) => resolve(by === null ? `exit code ${code ?? 'unknown'}` : `signal ${by}`))
    })
    const ready = this.#awaitReady(child, over.signal)
    void ready.then((isReady) => {
      if (over.signal.aborted) return
      if (!isReady) return this.#giveUpOn(child)
      this.#liveness = this.#watch(child)
      this.#report({ type: 'ready', name: this.#description.name, pid: child.pid ?? 0, restarts: this.#restarts })
      started()
    })
    const how = await ended
    over.abort()
    this.#process = undefined
    this.#liveness = undefined
    child.stdin?.destroy()
    const late = (await ready) ? '' : ', before it was ready'
    const hung = this.#hungMs === 0 ? '' : ` after ${Math.round(this.#hungMs / 1_000)} s without an answer`
    this.#hungMs = 0
    return { how: `${how}${late}${hung}`, upMs: performance.now() - begun }
  }

  #watch(child: ChildProcess): Liveness | undefined {
    const { alive } = this.#description
    if (alive === undefined) return undefined
    const answered = (): void => liveness.answered(thisMoment())
    const ask = (): void => {
      if (alive !== 'message')
        void alive().then(
          (is) => (is ? answered() : undefined),
          () => undefined,
        )
      else if (child.connected) child.send(areYouAlive, () => undefined)
    }
    const liveness = new Liveness(ask, this.#hungAfterMs, thisMoment())
    if (alive === 'message') child.on('message', (message) => (says(message, 'alive') ? answered() : undefined))
    return liveness
  }

  #spawn(): ChildProcess {
    const { name, command, args, env, cwd, ready, graceSeconds } = this.#description
    const log = openLog(this.#logs, name)
    try {
      const [shell, line] = guarded(command, args, graceSeconds)
      const stdio = ready === 'message' ? (['pipe', log, log, 'ipc'] as const) : (['pipe', log, log] as const)
      const child = startProcess(shell, line, { env, cwd, detached: true, stdio: [...stdio] })
      child.on('message', (message) => {
        if (!says(message, 'alive')) this.#report({ type: 'message', name, message })
      })
      child.stdin?.on('error', () => undefined)
      return child
    } finally {
      closeSync(log)
    }
  }

  async #awaitReady(child: ChildProcess, over: AbortSignal): Promise<boolean> {
    const { ready, readyWithinMs } = this.#description
    const limit = AbortSignal.any([over, AbortSignal.timeout(readyWithinMs)])
    if (ready === 'message') return messageOfReadiness(child, limit)
    while (!limit.aborted) {
      if (await ready()) return !limit.aborted
      await pause(50, limit)
    }
    return false
  }

  #giveUpOn(child: ChildProcess): void {
    if (child.pid !== undefined) signal(-child.pid, 'SIGKILL')
  }

  #failing(how: string): GembaError {
    const tail = logTail(this.#log, 800)
    const why = tail === '' ? how : `${how}; its log ends with:\n${tail}`
    return new GembaError('process_failing', { name: this.#description.name, why, log: this.#log })
  }

  get #log(): string {
    return join(this.#logs, `${this.#description.name}.log`)
  }
}

function messageOfReadiness(child: ChildProcess, limit: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    limit.addEventListener('abort', () => resolve(false), { once: true })
    child.on('message', (message) => {
      if (says(message, 'ready')) resolve(true)
    })
  })
}

function says(message: unknown, word: string): boolean {
  return typeof message === 'object' && message !== null && word in message
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
