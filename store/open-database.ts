import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { GembaError } from '../model/error.ts'
import type { Database } from './database.ts'
import { PgliteServer } from './pglite-server.ts'
import { StoreOwner } from './store-owner.ts'
import type { StoreOptions } from './store.ts'

export interface OpenDatabase {
  readonly db: Kysely<Database>
  /** Resolves while this process is the only one that uses the database; `store_in_use` when it is not. */
  held(): Promise<void>
  /** Breaks every connection (and PGlite's thread), so that the next statement begins anew. For a peer that fell silent. */
  reset(): void
  close(): Promise<void>
}

/** Connections to a real Postgres. */
const poolSize = 8
/** Milliseconds: the server ends a statement before the client gives up on it, so a silent peer is told apart from a slow one. */
const limits = { connect: 10_000, statement: 30_000, answer: 40_000, idleInTransaction: 60_000 }

/** `bigint` as a number: ours stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** Opens Postgres or PGlite: the same driver and the same SQL, on a socket or on a thread's port. */
export async function openDatabase(at: StoreOptions['at']): Promise<OpenDatabase> {
  if ('folder' in at) return embedded(at.folder)
  const config = remote(at.url)
  const owner = await StoreOwner.take(config)
  const pool = new pg.Pool({ ...config, max: poolSize })
  return overPool(pool, { ...breakerOf(pool), held: () => owner.held(), close: () => owner.close() })
}

async function embedded(folder: string): Promise<OpenDatabase> {
  const server = await PgliteServer.open(folder)
  const pool = new pg.Pool({
    stream: () => server.connect(),
    host: 'pglite',
    user: 'postgres',
    password: '',
    database: 'postgres',
    ssl: false,
    max: 1,
    idleTimeoutMillis: 0,
    types,
  })
  // The folder has its own lock.
  return overPool(pool, { held: () => Promise.resolve(), reset: () => server.reset(), close: () => server.close() })
}

function remote(url: string): pg.ClientConfig {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    // The text may hold a password: it is not repeated.
    throw new GembaError('config_invalid', { file: 'store', why: 'the URL is not of the form postgres://…' })
  }
  return {
    connectionString: url,
    application_name: 'gemba',
    keepAlive: true,
    connectionTimeoutMillis: limits.connect,
    statement_timeout: limits.statement,
    query_timeout: limits.answer,
    idle_in_transaction_session_timeout: limits.idleInTransaction,
    types,
  }
}

function overPool(pool: pg.Pool, peer: Omit<OpenDatabase, 'db'>): OpenDatabase {
  // A connection that breaks tells its user through the failing statement; unheard, the event would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    held: () => peer.held(),
    reset: () => peer.reset(),
    async close() {
      try {
        // Kysely ends the pool only if it ever used it.
        await db.destroy()
        if (!pool.ending) await pool.end()
      } finally {
        await peer.close()
      }
    },
  }
}

/** Ends every client of the pool: `pg` breaks a connection that still waits for an answer. */
function breakerOf(pool: pg.Pool): { reset(): void } {
  const clients = new Set<pg.Client>()
  pool.on('connect', (client) => clients.add(client))
  pool.on('remove', (client) => clients.delete(client))
  return {
    reset() {
      for (const client of clients) void client.end().catch(() => undefined)
    },
  }
}
