import type { Pool, PoolConnection } from 'mysql2/promise'
import { GembaError } from '../../model/error.ts'

/** A value that goes into a statement's placeholder; an array fills an `IN (?)`. */
export type SqlValue = string | number | boolean | null | readonly string[]

/** A server that does not answer for so long counts as gone. */
const answerWithinMs = 10_000
/** How long to wait for a connection while others have them all. */
const lentWithinMs = 15_000

const prepared = new WeakSet<object>()

/** A connection that answers, in a known mode: those that a restarted server left behind are thrown away. */
export async function usableConnection(pool: Pool): Promise<PoolConnection> {
  for (;;) {
    const connection = await lentConnection(pool)
    if (!prepared.has(connection.connection)) return prepare(connection)
    if (await isAlive(connection)) return connection
    connection.destroy()
  }
}

/** A connection of the pool as it is. Fails with `work_plane_unavailable` when none became free in time. */
export async function lentConnection(pool: Pool): Promise<PoolConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<PoolConnection>()
  let waiting = true
  const timer = setTimeout(() => {
    waiting = false
    const why = `no connection became free within ${lentWithinMs / 1000} s`
    reject(new GembaError('work_plane_unavailable', { why }))
  }, lentWithinMs)
  pool
    .getConnection()
    .then((connection) => (waiting ? resolve(connection) : connection.release()), reject)
    .finally(() => clearTimeout(timer))
  return promise
}

/** A statement with its limit of time. */
export function timed(
  sql: string,
  values: readonly SqlValue[] = [],
): { sql: string; values: SqlValue[]; timeout: number } {
  return { sql, values: [...values], timeout: answerWithinMs }
}

/** Escaping on our side is only right in a known mode; times are UTC. Who fails here must not keep a seat of the pool. */
async function prepare(connection: PoolConnection): Promise<PoolConnection> {
  try {
    await connection.query(timed("SET SESSION sql_mode = 'STRICT_TRANS_TABLES', time_zone = '+00:00', autocommit = 1"))
    prepared.add(connection.connection)
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function isAlive(connection: PoolConnection): Promise<boolean> {
  return connection.query({ sql: 'SELECT 1', timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}
