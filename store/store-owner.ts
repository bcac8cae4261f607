import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { GembaError } from '../model/error.ts'

/** Key of the advisory lock that the one server of a database holds for as long as it runs. */
const ownerLock = 7_666_003
/** Postgres may need a moment to notice that the owner before has ended. */
const patience = { tries: 20, everyMs: 250 }
/** Milliseconds between two looks at whether the connection that holds the lock still answers. */
const lookEvery = 10_000
/** Seconds: what makes Postgres itself notice within half a minute that nobody is there any more. */
const keepAlive = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'

/** A server process of Postgres for good: numbers are used again. */
interface Backend {
  readonly pid: number
  readonly begun: string
}

/**
 * Makes this process the only one that uses a Postgres database as its store: a session-level advisory lock on a
 * connection of its own. A lock whose connection broke is taken again before anything else is done, also from the
 * server process that held it for us and was never told.
 */
export class StoreOwner {
  readonly #config: pg.ClientConfig
  #client: pg.Client | undefined
  #taking: Promise<void> | undefined
  #closed = false
  /** Those that may hold the lock for us. */
  readonly #backends = new Set<Backend>()
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
      await this.#lock(client)
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

  async #lock(client: pg.Client): Promise<void> {
    await client.query(keepAlive)
    const own = await backendOf(client)
    let ended = false
    for (const backend of this.#backends) if (await end(backend, client)) ended = true
    if (own !== undefined) this.#backends.add(own)
    for (let left = ended ? patience.tries : 0; !(await tryLock(client)); left--) {
      if (left === 0) {
        if (own !== undefined) this.#backends.delete(own)
        throw new GembaError('store_in_use')
      }
      await sleep(patience.everyMs)
    }
    for (const backend of this.#backends) if (backend !== own) this.#backends.delete(backend)
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

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [ownerLock])
  return rows[0]?.held === true
}

async function backendOf(client: pg.Client): Promise<Backend | undefined> {
  const { rows } = await client.query<Backend>(
    'select pid, extract(epoch from backend_start)::text as begun from pg_stat_activity where pid = pg_backend_pid()',
  )
  return rows[0]
}

/** Ends that very server process if it still holds our lock: its client is gone, and Postgres does not know. */
async function end({ pid, begun }: Backend, client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and extract(epoch from backend_start)::text = $2
    and pid in (select pid from pg_locks where locktype = 'advisory' and granted and classid = 0 and objid = $3)`,
    [pid, begun, ownerLock],
  )
  return (rowCount ?? 0) > 0
}
