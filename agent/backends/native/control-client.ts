import type { ChildProcess } from 'node:child_process'
import { GembaError } from '../../../model/error.ts'
import { paneSize } from '../../../model/pane-size.ts'
import { start } from '../../../runtime/exec.ts'
import { identify, type ProcessIdentity } from '../../../runtime/process-identity.ts'
import { ControlParser, quoteWord, type ControlEvent } from './control-protocol.ts'

export interface ControlClientOptions {
  readonly tmux: string
  /** Name of the server's socket (`tmux -L`). */
  readonly socket: string
  readonly configuration: string
  /** Environment of the client, and of the server when this client starts it. */
  readonly env: NodeJS.ProcessEnv
  /** Told after each connection, before any waiting command is sent. */
  readonly connected: () => void
  readonly output: (pane: string, bytes: Buffer) => void
  /** tmux fell behind and dropped this pane's output. */
  readonly paused: (pane: string) => void
}

/** tmux refused a command, e.g. because its target is gone. */
export class TmuxRefusal extends Error {
  constructor(command: string, said: string) {
    super(`tmux ${command}: ${said}`)
    this.name = 'TmuxRefusal'
  }
}

/**
 * The one client of our tmux server. Viewing, peeking, typing and starting go through its pipe, so none of them forks.
 * When it or the server dies it is started again, and with it the server.
 */
export interface ControlClient {
  /**
   * Like `command`, for one that changes nothing: it is asked again when the connection is lost before the answer.
   */
  look<T>(words: readonly string[], read: (lines: readonly string[]) => T): Promise<T>
  /**
   * Runs one command; waits for a connection first. `read` is called the moment tmux has answered, before any later
   * output is handed on. Throws `TmuxRefusal`, or `terminal_unavailable` when it is not known whether it was run.
   */
  command<T>(words: readonly string[], read: (lines: readonly string[]) => T): Promise<T>
  /** The server that this client talks to; undefined while there is none. */
  server(): ProcessIdentity | undefined
  /** Leaves; the server goes on. */
  close(): Promise<void>
}

interface Pending {
  readonly repeatable: boolean
  readonly line: string
  readonly settle: (event: { ok: boolean; lines: readonly string[] }) => void
  readonly fail: (error: Error) => void
}

/** Name of the window that keeps the server alive while no agent runs. */
export const keeperName = 'keeper'

const connectLimitMs = 10_000
/** A server that does not answer for so long is left, and met again by a new client. */
const answerLimitMs = 10_000
const shortestWaitMs = 50
const longestWaitMs = 5_000

export function openControlClient(options: ControlClientOptions): ControlClient {
  let child: ChildProcess | undefined
  let attached = false
  let server: ProcessIdentity | undefined
  let closed = false
  let wait = shortestWaitMs
  let connectedAt = 0
  let retry: NodeJS.Timeout | undefined
  /** Sent and not answered, in tmux's order; and not sent because there is no connection. */
  const sent: Pending[] = []
  let queued: Pending[] = []

  const send = (pending: Pending) => {
    sent.push(pending)
    const mine = child
    mine?.stdin?.write(pending.line)
    const stuck = setTimeout(() => (sent.includes(pending) ? mine?.kill('SIGKILL') : undefined), answerLimitMs)
    stuck.unref()
  }
  const onEvent = (event: ControlEvent) => {
    if (event.kind === 'output') options.output(event.pane, event.bytes)
    else if (event.kind === 'paused') options.paused(event.pane)
    else if (event.kind === 'reply' && event.ours) sent.shift()?.settle(event)
    else if (event.kind === 'attached' && !attached) setUp()
  }
  const setUp = () => {
    attached = true
    for (const words of [
      ['refresh-client', '-f', 'pause-after=1'],
      ['refresh-client', '-C', `${paneSize.columns}x${paneSize.rows}`],
    ])
      void ask(words, () => undefined, send).catch(() => undefined)
    void ask(['display-message', '-p', '#{pid}'], (lines) => Number(lines[0]), send)
      .then(async (pid) => {
        server = await identify(pid)
        connectedAt = performance.now()
        options.connected()
        for (const pending of queued.splice(0)) send(pending)
      })
      .catch(() => child?.kill('SIGKILL'))
  }
  const lost = () => {
    if (child === undefined) return
    child = undefined
    attached = false
    if (server !== undefined && performance.now() - connectedAt > longestWaitMs) wait = shortestWaitMs
    server = undefined
    const error = unavailable('the connection to tmux was lost')
    const unanswered = sent.splice(0)
    for (const pending of unanswered) {
      if (pending.repeatable && !closed) enqueue(pending)
      else pending.fail(error)
    }
    if (closed) return
    retry = setTimeout(connect, wait * (0.75 + Math.random() / 2))
    wait = Math.min(wait * 2, longestWaitMs)
  }
  const connect = () => {
    const mine = start(options.tmux, clientArguments(options), {
      env: options.env,
      stdio: ['pipe', 'pipe', 'ignore'],
      // Ctrl-C in our terminal is for us: what still has to be typed needs this client.
      detached: true,
    })
    child = mine
    const parser = new ControlParser(onEvent)
    mine.stdin?.on('error', () => undefined)
    mine.stdout?.on('data', (chunk: Buffer) => (child === mine ? parser.push(chunk) : undefined))
    mine.on('error', () => (child === mine ? lost() : undefined))
    mine.on('exit', () => (child === mine ? lost() : undefined))
  }
  const enqueue = (pending: Pending) => {
    if (server !== undefined) return send(pending)
    queued.push(pending)
    setTimeout(() => {
      if (!queued.includes(pending)) return
      queued = queued.filter((other) => other !== pending)
      pending.fail(unavailable('tmux does not answer'))
    }, connectLimitMs).unref()
  }

  connect()
  return {
    look: (words, read) => (closed ? Promise.reject(leaving()) : ask(words, read, enqueue, true)),
    command: (words, read) => (closed ? Promise.reject(leaving()) : ask(words, read, enqueue)),
    server: () => server,
    async close() {
      closed = true
      clearTimeout(retry)
      for (const pending of queued.splice(0)) pending.fail(leaving())
      const last = child
      if (last === undefined) return
      await new Promise<void>((resolve) => {
        last.once('exit', () => resolve())
        last.stdin?.end()
        setTimeout(() => last.kill('SIGKILL'), 1_000).unref()
      })
    },
  }
}

function ask<T>(
  words: readonly string[],
  read: (lines: readonly string[]) => T,
  enqueue: (pending: Pending) => void,
  repeatable = false,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    enqueue({
      repeatable,
      line: `${words.map(quoteWord).join(' ')}\n`,
      fail: reject,
      settle(reply) {
        if (!reply.ok) return reject(new TmuxRefusal(words[0] ?? '', reply.lines.join(' ').slice(0, 300)))
        try {
          resolve(read(reply.lines))
        } catch (error) {
          reject(error)
        }
      },
    })
  })
}

function clientArguments(options: ControlClientOptions): string[] {
  const size = ['-x', String(paneSize.columns), '-y', String(paneSize.rows)]
  // The keeper window holds a program that waits for ever without doing anything.
  const keeper = ['new-session', '-A', '-s', 'gemba', '-n', keeperName, ...size, 'cat']
  return ['-L', options.socket, '-f', options.configuration, '-C', ...keeper]
}

function leaving(): GembaError {
  return unavailable('the host is closing')
}

function unavailable(why: string): GembaError {
  return new GembaError('terminal_unavailable', { why })
}
