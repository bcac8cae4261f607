import { Worker } from 'node:worker_threads'
import { GembaError } from '../model/error.ts'
import type { PgliteConnection } from './pglite-connection.ts'
import type { FromPglite, PgliteWorkerData, ToPglite } from './pglite-message.ts'

/** Milliseconds one exchange may take before the thread counts as hung (WebAssembly that aborted does not say so). */
const exchangeLimit = 120_000

/** A bundle carries the worker as its own file in the same folder. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './pglite-worker.ts' : './pglite-worker.js',
  import.meta.url,
)

/** One running thread and the connections that speak to it. When the thread dies they break; it is not used again. */
export class PgliteThread {
  readonly #worker: Worker
  readonly #connections = new Map<number, PgliteConnection>()
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>
  #waiting = 0
  #limit: NodeJS.Timeout | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromPglite) => this.#hear(message))
    this.ended = new Promise((resolve) => worker.once('exit', () => resolve(this.#broken())))
  }

  /** Starts the database in `folder`, creating it the first time. */
  static async start(folder: string): Promise<PgliteThread> {
    // The first thread of a new folder only creates the database.
    const worker = (await ready(folder)) ?? (await ready(folder))
    if (worker === undefined) throw new GembaError('store_unavailable', { why: 'PGlite ended at its start' })
    return new PgliteThread(worker)
  }

  attach(connection: PgliteConnection): void {
    this.#connections.set(connection.number, connection)
  }

  forget(connection: PgliteConnection): void {
    if (this.#connections.delete(connection.number)) this.#post({ kind: 'end', connection: connection.number })
  }

  send(message: ToPglite & { kind: 'bytes' }): void {
    this.#waiting += 1
    this.#limit ??= setTimeout(() => void this.#worker.terminate(), exchangeLimit)
    this.#post(message)
  }

  /** Lets Postgres write its checkpoint, then ends the thread. */
  async close(): Promise<void> {
    this.#post({ kind: 'close' })
    const late = setTimeout(() => void this.#worker.terminate(), exchangeLimit)
    await this.ended
    clearTimeout(late)
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
    await this.ended
  }

  #post(message: ToPglite): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromPglite): void {
    if (message.kind !== 'bytes') return
    this.#waiting -= 1
    clearTimeout(this.#limit)
    this.#limit = this.#waiting === 0 ? undefined : setTimeout(() => void this.#worker.terminate(), exchangeLimit)
    this.#connections.get(message.connection)?.receive(message.bytes)
  }

  #broken(): void {
    clearTimeout(this.#limit)
    for (const connection of [...this.#connections.values()]) {
      connection.destroy(new GembaError('store_unavailable', { why: 'the thread of PGlite ended' }))
    }
  }
}

/** A worker that serves, or undefined when it ended without a word: it had created the database. */
function ready(folder: string): Promise<Worker | undefined> {
  const worker = new Worker(workerFile, { workerData: { folder } satisfies PgliteWorkerData })
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new GembaError('store_unavailable', { why }))
    // Kept for the whole life of the thread: an error without a listener would end the process.
    worker.on('error', (error: Error) => fail(error.message))
    worker.once('exit', () => resolve(undefined))
    worker.once('message', (message: FromPglite) => {
      if (message.kind === 'ready') resolve(worker)
      if (message.kind === 'failed') fail(message.why)
    })
  })
}
