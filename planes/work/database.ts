import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool, type Pool, type PoolConnection, type PoolOptions, type RowDataPacket } from 'mysql2/promise'
import { GembaError } from '../../model/error.ts'
import { connectionOptions } from './connection-options.ts'
import { lentConnection, timed, usableConnection, type SqlValue } from './lent-connection.ts'
import type { BeadsLogin } from './login.ts'
import { fromSqlError, isLostConnection, isNothingToCommit, isSilence } from './sql-error.ts'

export type { SqlValue }

/** Looks at the database; all looks of one see the same state. */
export interface Reading {
  rows<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>
}

/** Changes the database. Nothing is seen by others before the end, and a failure leaves nothing. */
export interface Writing extends Reading {
  /** Runs one statement on `table`, which becomes part of the Dolt commit when rows matched. Returns their number. */
  write(table: string, sql: string, values?: readonly SqlValue[]): Promise<number>
}

export interface Change {
  /** Names of the locks held meanwhile; others who take the same wait. */
  readonly locks: readonly string[]
  /** The Dolt commit's message. */
  readonly message: () => string
  /** The Dolt commit's author, `Name <mail>`. */
  readonly author: string
}

/** A pool of connections to one database, with the transactions that a work plane needs. */
export interface Database {
  /** One consistent look. */
  read<T>(look: (reading: Reading) => Promise<T>): Promise<T>
  /** One statement outside of any transaction: the cheapest look, for polling. */
  peek<T>(sql: string): Promise<T[]>
  /** One change and, when it wrote anything, one Dolt commit. Repeated when others wrote at the same time. */
  change<T>(change: Change, body: (writing: Writing) => Promise<T>): Promise<T>
  /** Runs `body` in a transaction that is thrown away. */
  rehearse<T>(body: (writing: Writing) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const lockSeconds = 6
/** How long a writer waits for those of this process before it. */
const queueMs = 15_000
const attempts = 8

/** Opens the pool. Connects with the first use. */
export function openDatabase(login: BeadsLogin): Database {
  const reads = createPool(poolOptions(login))
  // Writers that wait for a lock must not keep readers waiting.
  const writes = createPool(poolOptions(login))
  const inTurn = turnstile()
  const atLock = turnstiles()
  return {
    read: (look) => readConsistently(reads, look),
    peek: (sql) => peekOnce(reads, sql, 5),
    change: (change, body) => changeUnderLocks(writes, { database: login.database, inTurn, atLock }, change, body),
    rehearse: (body) => withConnection(reads, (connection) => rolledBack(connection, body)),
    close: async () => {
      await Promise.all([reads.end(), writes.end()])
    },
  }
}

function poolOptions(login: BeadsLogin): PoolOptions {
  return {
    ...connectionOptions(login),
    database: login.database,
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    connectionLimit: 8,
    maxIdle: 2,
    idleTimeout: 60_000,
    enableKeepAlive: true,
  }
}

async function readConsistently<T>(pool: Pool, look: (reading: Reading) => Promise<T>): Promise<T> {
  const once = (): Promise<T> => withConnection(pool, (connection) => rolledBack(connection, look))
  try {
    return await once()
  } catch (error) {
    if (!(error instanceof GembaError) || error.code !== 'work_plane_unavailable' || isSilence(error.cause)) throw error
    return once()
  }
}

/** Connections that a restarted server left behind show in the answer, and are thrown away. */
async function peekOnce<T>(pool: Pool, sql: string, triesLeft: number): Promise<T[]> {
  const connection = await lentConnection(pool).catch((error: unknown) => {
    throw fromSqlError(error)
  })
  try {
    return await writingOn(connection, new Set()).rows<T>(sql)
  } catch (error) {
    if (!isLostConnection(error)) throw fromSqlError(error)
    connection.destroy()
    if (triesLeft === 0 || isSilence(error)) throw fromSqlError(error)
  } finally {
    connection.release()
  }
  return peekOnce(pool, sql, triesLeft - 1)
}

async function rolledBack<T>(connection: PoolConnection, body: (writing: Writing) => Promise<T>): Promise<T> {
  await begin(connection)
  try {
    return await body(writingOn(connection, new Set()))
  } finally {
    await connection.query(timed('ROLLBACK')).catch(() => connection.destroy())
  }
}

interface Turns {
  readonly database: string
  readonly inTurn: Turnstile
  /** By name of a lock: our own writers queue here, so that only one of them waits at the server, against others' alone. */
  readonly atLock: (name: string) => Turnstile
}

async function changeUnderLocks<T>(
  pool: Pool,
  { database, inTurn, atLock }: Turns,
  change: Change,
  body: (writing: Writing) => Promise<T>,
): Promise<T> {
  const names = [...new Set(change.locks)].map((lock) => lockName(database, lock)).sort()
  const locked = (): Promise<T> =>
    withConnection(pool, (connection) =>
      underLocks(connection, names, () => inTurn(() => retried(() => commitOnce(connection, change, body)))),
    )
  // Everybody queues in the order of the names, so nobody waits in a circle.
  return names.reduceRight<() => Promise<T>>((rest, name) => () => atLock(name)(rest), locked)()
}

async function underLocks<T>(connection: PoolConnection, names: readonly string[], body: () => Promise<T>): Promise<T> {
  const held: string[] = []
  try {
    for (const name of names) {
      await takeLock(connection, name)
      held.push(name)
    }
    return await body()
  } finally {
    for (const name of held) {
      await connection.query(timed('SELECT RELEASE_LOCK(?)', [name])).catch(() => connection.destroy())
    }
  }
}

async function commitOnce<T>(
  connection: PoolConnection,
  change: Change,
  body: (writing: Writing) => Promise<T>,
): Promise<T> {
  const touched = new Set<string>()
  await begin(connection)
  try {
    const result = await body(writingOn(connection, touched))
    if (touched.size === 0) await connection.query(timed('ROLLBACK'))
    else await commitInDolt(connection, [...touched], change)
    return result
  } catch (error) {
    await connection.query(timed('ROLLBACK')).catch(() => connection.destroy())
    throw error
  }
}

/** Stages just `tables`: what others left uncommitted elsewhere stays theirs. `DOLT_COMMIT` ends the transaction. */
async function commitInDolt(connection: PoolConnection, tables: readonly string[], change: Change): Promise<void> {
  await connection.query(timed(`CALL DOLT_ADD(${tables.map(() => '?').join(', ')})`, tables))
  try {
    await connection.query(timed("CALL DOLT_COMMIT('-m', ?, '--author', ?)", [change.message(), change.author]))
  } catch (error) {
    if (!isNothingToCommit(error)) throw error
    await connection.query(timed('COMMIT'))
  }
}

async function retried<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once()
    } catch (error) {
      const known = fromSqlError(error)
      if (known.code !== 'work_plane_conflict' || attempt === attempts) throw known
      await sleep(Math.random() * 15 * attempt)
    }
  }
}

function writingOn(connection: PoolConnection, touched: Set<string>): Writing {
  return {
    rows: async <T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> => {
      const [rows] = await connection.query<RowDataPacket[]>(timed(sql, values))
      return rows as unknown as T[]
    },
    write: async (table, sql, values = []) => {
      const [result] = await connection.query(timed(sql, values))
      const matched = 'affectedRows' in result ? result.affectedRows : 0
      if (matched > 0) touched.add(table)
      return matched
    },
  }
}

async function withConnection<T>(pool: Pool, use: (connection: PoolConnection) => Promise<T>): Promise<T> {
  try {
    const connection = await usableConnection(pool)
    try {
      return await use(connection)
    } catch (error) {
      if (isLostConnection(error)) connection.destroy()
      throw error
    } finally {
      connection.release()
    }
  } catch (error) {
    throw fromSqlError(error)
  }
}

async function begin(connection: PoolConnection): Promise<void> {
  await connection.query(timed('START TRANSACTION'))
}

async function takeLock(connection: PoolConnection, name: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>(timed('SELECT GET_LOCK(?, ?) AS taken', [name, lockSeconds]))
  if (rows[0]?.['taken'] !== 1) throw new GembaError('work_plane_conflict')
}

/** Locks belong to the whole server and their names are short, so ours carry a digest of database and purpose. */
function lockName(database: string, purpose: string): string {
  return `gemba:${createHash('sha256').update(`${database}\0${purpose}`).digest('hex').slice(0, 48)}`
}

type Turnstile = <T>(pass: () => Promise<T>) => Promise<T>

/**
 * Lets one through at a time: Dolt takes our commits faster one by one than side by side. Who has waited too long is
 * refused when the turn comes, so that a server that hangs keeps nobody waiting for the sum of all limits.
 */
function turnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve()
  return (pass) => {
    const until = performance.now() + queueMs
    const inTime = () => {
      if (performance.now() > until) throw new GembaError('work_plane_conflict')
      return pass()
    }
    const turn = last.then(inTime, inTime)
    last = turn
    return turn
  }
}

/** A turnstile for each name, for as long as somebody is at it. */
function turnstiles(): (name: string) => Turnstile {
  const queues = new Map<string, { readonly pass: Turnstile; waiting: number }>()
  return (name) => async (pass) => {
    const queue = queues.get(name) ?? { pass: turnstile(), waiting: 0 }
    queues.set(name, queue)
    queue.waiting += 1
    try {
      return await queue.pass(pass)
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) queues.delete(name)
    }
  }
}
