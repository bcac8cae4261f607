import { GembaError, isErrorCode } from '../model/error.ts'
import type { HostMessage, ServerMessage } from '../model/host-stream.ts'

/** A host's open stream, whatever carries it. */
export interface HostConnection {
  send(message: ServerMessage): void
  close(code: number, reason: string): void
}

type CallMessage = Extract<ServerMessage, { type: 'call' }>
/** A call without its number. */
export type Call = CallMessage extends infer C ? (C extends CallMessage ? Omit<C, 'id'> : never) : never

interface Pending {
  readonly settle: (value: unknown) => void
  readonly fail: (error: GembaError) => void
  readonly timer: NodeJS.Timeout
}

/** The calls over one host connection, each with its answer or `host_offline`. */
export class HostLink {
  readonly host: string
  readonly connection: HostConnection
  readonly #callMs: number
  readonly #pending = new Map<number, Pending>()
  #next = 1

  constructor(host: string, connection: HostConnection, callMs: number) {
    this.host = host
    this.connection = connection
    this.#callMs = callMs
  }

  call(call: Call): Promise<unknown> {
    const id = this.#next++
    return new Promise((settle, fail) => {
      const timer = setTimeout(() => this.#end(id)?.fail(this.#offline()), this.#callMs)
      this.#pending.set(id, { settle, fail, timer })
      this.connection.send({ ...call, id })
    })
  }

  reply(message: Extract<HostMessage, { type: 'reply' }>): void {
    const pending = this.#end(message.id)
    if (message.ok) return pending?.settle(message.value)
    const code = isErrorCode(message.code) ? message.code : 'internal'
    pending?.fail(new GembaError(code, { ...message.params }))
  }

  /** Fails what still waits. */
  gone(): void {
    for (const id of [...this.#pending.keys()]) this.#end(id)?.fail(this.#offline())
  }

  #end(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    clearTimeout(pending?.timer)
    this.#pending.delete(id)
    return pending
  }

  #offline(): GembaError {
    return new GembaError('host_offline', { host: this.host })
  }
}
