import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { GembaError } from '../model/error.ts'

/** Key of the advisory lock that the one server of a database holds for as long as it runs. */
const ownerLock = 7_666_003
/** Postgres may need a moment to notice that the owner before has ended. */
const patience = { tries: 20, everyMs: 250 }
/** Milliseconds between two looks at whether the connection that holds the lock still answers. */
const lookEvery = 10_000

/**
 * Makes this process the only one that uses a Postgres database as its store: a session-level advisory lock on a
 * connection of its own. A lock whose connection broke is taken again before anything else is done.
 */
export class StoreOwner {
  readonly #config: pg.ClientConfig
  #client: pg.Client | undefined
  #taking: Promise<void> | undefined
  #closed = false
  readonly #look: NodeJS.Timeout

  private constructor(config: pg.ClientConfig) {
    this.#config = config
    this.#look = setInterval(() => void this.#ask(), lookEvery)
  }

  /** Fails with `store_in_use` when another process has it. */
  static async take(config: pg.ClientConfig): Promise<StoreOwner> {
    const owner = new StoreOwner(config)
    try {
      for (let left = patience.tries; ; left--) {
        const refused = await owner.held().catch((error: unknown) => error)
        if (refused === undefined) return owner
        const taken = refused instanceof GembaError && refused.code === 'store_in_use'
        if (!taken || left === 0) throw refused
        await sleep(patience.everyMs)
      }
    } catch (error) {
      await owner.close()
      throw error
    }
  }

  /** Resolves while the database is ours; `store_in_use` when another process has taken it. */
  held(): Promise<void> {
    if (this.#client !== undefined || this.#closed) return Promise.resolve()
    return (this.#taking ??= this.#take().finally(() => (this.#taking = undefined)))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#look)
    await this.#taking?.catch(() => undefined)
    await this.#client?.end().catch(() => undefined)
  }

  async #take(): Promise<void> {
    const client = new pg.Client(this.#config)
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [ownerLock])
      if (rows[0]?.held !== true) throw new GembaError('store_in_use')
    } catch (error) {
      void client.end().catch(() => undefined)
      throw error
    }
    client.once('end', () => {
      if (this.#client === client) this.#client = undefined
      this.held().catch(() => undefined)
    })
    this.#client = client
  }

  /** A connection that fell silent holds nothing any more, as far as we know. */
  async #ask(): Promise<void> {
    const client = this.#client
    await client?.query('select 1').catch(() => {
      if (this.#client === client) this.#client = undefined
      void client.end().catch(() => undefined)
    })
  }
}
