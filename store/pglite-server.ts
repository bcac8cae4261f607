import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError } from '../model/error.ts'
import { tryLock, type HeldLock } from '../runtime/file-lock.ts'
import { PgliteConnection } from './pglite-connection.ts'
import { PgliteThread } from './pglite-thread.ts'

/** The embedded Postgres over a folder: one owner, one thread, started again when it died. */
export class PgliteServer {
  readonly #folder: string
  readonly #lock: HeldLock
  #thread: Promise<PgliteThread> | undefined
  #connections = 0
  #closed = false

  private constructor(folder: string, lock: HeldLock) {
    this.#folder = folder
    this.#lock = lock
  }

  /** `already_running` when a live process has the folder; nothing starts before the first connection. */
  static async open(folder: string): Promise<PgliteServer> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const attempt = await tryLock(join(folder, 'lock'), folder)
    if (attempt.held) return new PgliteServer(folder, attempt.lock)
    throw new GembaError('already_running', { pid: String(attempt.holder.pid), url: `store ${attempt.holder.note}` })
  }

  /** A stream for `pg`. The database is one session: use a pool of one. */
  connect(): PgliteConnection {
    this.#connections += 1
    return new PgliteConnection(this.#connections, async (connection) => {
      const thread = await this.#running()
      thread.attach(connection)
      return thread
    })
  }

  /** Ends the thread as a crash would; the next connection starts it again. */
  reset(): void {
    this.#thread?.then((thread) => thread.kill()).catch(() => undefined)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      await (await this.#thread?.catch(() => undefined))?.close()
    } finally {
      this.#lock.release()
    }
  }

  #running(): Promise<PgliteThread> {
    if (this.#closed) return Promise.reject(new GembaError('store_unavailable', { why: 'the store was closed' }))
    this.#thread ??= this.#start()
    return this.#thread
  }

  async #start(): Promise<PgliteThread> {
    try {
      const thread = await PgliteThread.start(this.#folder)
      void thread.ended.then(() => {
        this.#thread = undefined
      })
      return thread
    } catch (error) {
      this.#thread = undefined
      throw error
    }
  }
}
