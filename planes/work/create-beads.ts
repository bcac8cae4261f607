import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { GembaError } from '../../model/error.ts'
import { connectionOptions } from './connection-options.ts'
import type { BeadsLogin } from './login.ts'
import { fromSqlError, isNothingToCommit } from './sql-error.ts'

const version = 32
const author = 'Gemba <gemba@localhost>'

/**
 * Creates a Beads database of schema version 32 and commits it in Dolt. Repeat-safe, also after a half-done try and
 * for two at once: a database that is whole is left as it is, whatever its version. Fails with `config_invalid` on a
 * name or prefix that can not be one, and when the database has another prefix.
 */
export async function createBeads(options: BeadsLogin & { readonly prefix: string }): Promise<void> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/.test(options.database)) throw badName('database', options.database)
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(options.prefix) || options.prefix.endsWith('-')) {
    throw badName('prefix', options.prefix)
  }
  const connection = await connect(options)
  try {
    await connection.query('SELECT GET_LOCK(?, 60)', [`gemba:create:${options.database}`.slice(0, 64)])
    await connection.query(`CREATE DATABASE IF NOT EXISTS \`${options.database}\``)
    await connection.query(`USE \`${options.database}\``)
    if (!(await isWhole(connection))) await build(connection, options.prefix)
    await requirePrefix(connection, options.prefix)
  } catch (error) {
    throw fromSqlError(error)
  } finally {
    await connection.end().catch(() => connection.destroy())
  }
}

async function connect(login: BeadsLogin): Promise<Connection> {
  try {
    return await createConnection(connectionOptions(login))
  } catch (error) {
    throw fromSqlError(error)
  }
}

/** The row of the last migration is written at the very end. */
async function isWhole(connection: Connection): Promise<boolean> {
  const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE 'schema_migrations'")
  if (tables.length === 0) return false
  const [rows] = await connection.query<RowDataPacket[]>('SELECT MAX(version) AS version FROM schema_migrations')
  return Number(rows[0]?.['version'] ?? 0) >= version
}

async function build(connection: Connection, prefix: string): Promise<void> {
  for (const statement of await statements('beads-32.sql')) await connection.query(statement)
  await connection.query("INSERT IGNORE INTO config (`key`, value) VALUES ('issue_prefix', ?)", [prefix])
  await connection.query("INSERT IGNORE INTO metadata (`key`, value) VALUES ('_project_id', ?)", [randomUUID()])
  await commit(connection, 'gemba: create the Beads tables')
  for (const statement of await statements('beads-32-local.sql')) await connection.query(statement)
  const versions = Array.from({ length: version }, (_, i) => [i + 1])
  await connection.query('INSERT IGNORE INTO schema_migrations (version) VALUES ?', [versions])
  await commit(connection, `gemba: schema version ${version}`)
}

/** Everything in here is ours: the database was made a moment ago and is not whole yet. */
async function commit(connection: Connection, message: string): Promise<void> {
  await connection.query("CALL DOLT_ADD('.')")
  try {
    await connection.query("CALL DOLT_COMMIT('-m', ?, '--author', ?)", [message, author])
  } catch (error) {
    if (!isNothingToCommit(error)) throw error
  }
}

async function requirePrefix(connection: Connection, prefix: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>("SELECT value FROM config WHERE `key` = 'issue_prefix'")
  const found: unknown = rows[0]?.['value']
  if (found === prefix) return
  const why = `the database already has the prefix ${String(found)}, not ${prefix}`
  throw new GembaError('config_invalid', { file: 'Beads database', why })
}

async function statements(file: string): Promise<string[]> {
  const text = await readFile(new URL(`./schema/${file}`, import.meta.url), 'utf8')
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

function badName(what: string, value: string): GembaError {
  const why = `${what} ${JSON.stringify(value.slice(0, 80))} may only hold letters, digits, - and _`
  return new GembaError('config_invalid', { file: 'Beads database', why })
}
