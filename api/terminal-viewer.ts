import { Compile } from 'typebox/compile'
import type { Static } from 'typebox'
import { GembaError } from '../model/error.ts'
import { parseJson } from '../model/json.ts'
import type { TerminalSnapshot } from '../model/orchestration-plane.ts'
import { viewerMessage } from '../model/schema/terminal.ts'
import type { HostHub } from './host-hub.ts'

type ViewerMessage = Static<typeof viewerMessage>

/** What a viewer is told, as JSON; terminal bytes come as binary messages between these. */
export type ViewerNotice =
  /** Start the terminal anew from here; `skipped` tells that output before it was not sent. */
  | ({ readonly type: 'snapshot'; readonly skipped: boolean } & TerminalSnapshot)
  | { readonly type: 'control'; readonly on: boolean }
  | { readonly type: 'host'; readonly online: boolean }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly mend: string }

export interface ViewerSocket {
  notice(notice: ViewerNotice): void
  bytes(bytes: Uint8Array): void
  close(code: number, reason: string): void
}

export interface ViewerOptions {
  readonly hub: HostHub
  readonly host: string
  readonly session: string
  readonly socket: ViewerSocket
  readonly onControl: (on: boolean) => void
}

/** Bytes sent but not acknowledged at which watching pauses, and at which it goes on. */
const pauseAt = 1024 * 1024
const resumeAt = 256 * 1024
/** Milliseconds between two tries to get a screen that could not be had. */
const retryMs = 500
const longestRetryMs = 8_000

const isViewerMessage = Compile(viewerMessage)

/**
 * One browser's view of one terminal: a snapshot, then its bytes; a new snapshot whenever bytes were missed, because the
 * host was away, dropped some, or the browser did not keep up. Keys and sizes count only from a viewer with control.
 */
export class TerminalViewer {
  readonly #with: ViewerOptions
  #release: (() => void) | undefined
  #state: 'waiting' | 'fetching' | 'live' | 'closed' = 'waiting'
  /** Counts the screens asked for: the answer to an earlier one is dropped. */
  #turn = 0
  #unacked = 0
  #triedAt = 0
  #retry: NodeJS.Timeout | undefined
  /** Screens in a row that could not be had. */
  #failures = 0
  #control = false

  constructor(options: ViewerOptions) {
    this.#with = options
  }

  async open(): Promise<void> {
    this.#watch()
    await this.#restart(false)
  }

  /** A text message of the browser. Anything else than a `ViewerMessage` ends the connection. */
  async receive(text: string): Promise<void> {
    const message = parse(text)
    if (this.#state === 'closed') return
    if (message === undefined) return this.#with.socket.close(4400, 'not understood')
    if (message.type === 'ack') return this.#acknowledge(message.bytes)
    if (message.type === 'control') return this.#take(message.on)
    if (!this.#control) return
    const { hub, host, session } = this.#with
    await this.#tell(
      message.type === 'keys'
        ? hub.keys(host, session, Buffer.from(message.data))
        : hub.resize(host, session, message.columns, message.rows),
    )
  }

  close(): void {
    this.#wait()
    this.#state = 'closed'
    this.#unwatch()
  }

  #watch(): void {
    const { hub, host, session, socket } = this.#with
    this.#release ??= hub.watch(host, session, {
      output: (bytes, lost) => void this.#output(bytes, lost),
      attached: () => {
        socket.notice({ type: 'host', online: true })
        this.#wait()
        void this.#restart(true)
      },
      detached: () => {
        this.#wait()
        socket.notice({ type: 'host', online: false })
      },
    })
  }

  #wait(): void {
    clearTimeout(this.#retry)
    this.#state = 'waiting'
    this.#turn++
  }

  #unwatch(): void {
    this.#release?.()
    this.#release = undefined
  }

  /** Output that arrives while a screen is being fetched is part of that screen. */
  async #output(bytes: Uint8Array, lost: boolean): Promise<void> {
    if (this.#state === 'waiting' && Date.now() - this.#triedAt >= retryMs) return this.#restart(true)
    if (this.#state !== 'live') return
    if (lost) return this.#restart(true)
    this.#unacked += bytes.byteLength
    this.#with.socket.bytes(bytes)
    if (this.#unacked > pauseAt) {
      this.#wait()
      this.#unwatch()
    }
  }

  async #acknowledge(bytes: number): Promise<void> {
    this.#unacked = Math.max(0, this.#unacked - bytes)
    if (this.#release !== undefined || this.#unacked > resumeAt || this.#state === 'closed') return
    this.#watch()
    await this.#restart(true)
  }

  async #restart(skipped: boolean): Promise<void> {
    if (this.#state === 'fetching' || this.#state === 'closed') return
    clearTimeout(this.#retry)
    const { hub, host, session, socket } = this.#with
    this.#state = 'fetching'
    this.#triedAt = Date.now()
    const turn = ++this.#turn
    const snapshot = await this.#tell(hub.terminal(host, session), this.#failures > 0)
    if (turn !== this.#turn) return
    this.#state = snapshot === undefined ? 'waiting' : 'live'
    if (snapshot === undefined) return this.#later(skipped)
    this.#failures = 0
    socket.notice({ type: 'snapshot', ...snapshot, skipped })
  }

  /** An idle terminal sends nothing that would bring the next try about. */
  #later(skipped: boolean): void {
    const wait = Math.min(retryMs * 2 ** this.#failures, longestRetryMs)
    this.#failures += 1
    this.#retry = setTimeout(() => void this.#restart(skipped), wait)
  }

  #take(on: boolean): void {
    if (on !== this.#control) this.#with.onControl(on)
    this.#control = on
    this.#with.socket.notice({ type: 'control', on })
  }

  /** What fails is said to the viewer, who may still see the rest; `quiet`: it was said before. */
  async #tell<T>(done: Promise<T>, quiet = false): Promise<T | undefined> {
    try {
      return await done
    } catch (error) {
      if (quiet) return undefined
      const known = error instanceof GembaError ? error : new GembaError('internal', { why: 'see the server log' })
      this.#with.socket.notice({ type: 'error', code: known.code, message: known.message, mend: known.mend })
      return undefined
    }
  }
}

function parse(text: string): ViewerMessage | undefined {
  const message = parseJson(text)
  return isViewerMessage.Check(message) ? message : undefined
}
