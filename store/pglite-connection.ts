import { Duplex } from 'node:stream'
import type { PgliteThread } from './pglite-thread.ts'

/**
 * What `pg` takes for its socket: bytes go to PGlite's thread and its answers come back. `pg` corks a query's messages,
 * so each write is whole messages, and one query is one exchange.
 */
export class PgliteConnection extends Duplex {
  readonly #open: (connection: PgliteConnection) => Promise<PgliteThread>
  #thread: PgliteThread | undefined
  readonly number: number

  constructor(number: number, open: (connection: PgliteConnection) => Promise<PgliteThread>) {
    super()
    this.number = number
    this.#open = open
  }

  connect(): void {
    this.#open(this).then(
      (thread) => {
        if (this.destroyed) return thread.forget(this)
        this.#thread = thread
        this.emit('connect')
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  }

  /** Bytes from the database. */
  receive(bytes: Uint8Array): void {
    if (!this.destroyed) this.push(bytes)
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#thread?.send({ kind: 'bytes', connection: this.number, bytes: new Uint8Array(chunk) })
    done()
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#thread?.forget(this)
    this.#thread = undefined
    done(error)
  }
}
