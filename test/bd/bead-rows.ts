import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import type { BeadsLogin } from '../../planes/work/login.ts'

type Value = string | number | null | readonly Value[] | { readonly [name: string]: Value }
export type Row = Readonly<Record<string, Value>>
/** Rows by table; tables without rows are left out. */
export type Rows = Readonly<Record<string, readonly Row[]>>

/** A database by plain SQL, as neither Gemba nor `bd` sees it. */
export interface PlainDatabase {
  rows<T>(sql: string, values?: readonly unknown[]): Promise<T[]>
  close(): Promise<void>
}

export function openPlain(login: BeadsLogin): PlainDatabase {
  const pool: Pool = createPool({ ...login, dateStrings: true, multipleStatements: false })
  return {
    rows: async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
      const [rows] = await pool.query<RowDataPacket[]>(sql, [...values])
      return rows as unknown as T[]
    },
    close: () => pool.end(),
  }
}

/** Tables whose rows hang on a bead, and the columns that name it. */
const tables: Readonly<Record<string, readonly string[]>> = {
  issues: ['id'],
  labels: ['issue_id'],
  dependencies: ['issue_id', 'depends_on_id'],
  comments: ['issue_id'],
  events: ['issue_id'],
  child_counters: ['parent_id'],
  issue_snapshots: ['issue_id'],
  compaction_snapshots: ['issue_id'],
  wisps: ['id'],
  wisp_labels: ['issue_id'],
  wisp_dependencies: ['issue_id', 'depends_on_id'],
  wisp_comments: ['issue_id'],
  wisp_events: ['issue_id'],
}

/**
 * Every row of every table about beads whose ids begin with `prefix`, sorted. What differs from run to run is made
 * equal: a time between `since` and now is `<now>`, a random id is `<uuid>`, JSON is parsed.
 */
export async function rowsOf(database: PlainDatabase, prefix: string, since: Date): Promise<Rows> {
  const equal = equaliser(since)
  const all: Record<string, readonly Row[]> = {}
  for (const [table, columns] of Object.entries(tables)) {
    const where = columns.map((column) => `${column} LIKE ?`).join(' OR ')
    const found = await database.rows<Row>(
      `SELECT * FROM ${table} WHERE ${where}`,
      columns.map(() => `${prefix}%`),
    )
    if (found.length > 0) all[table] = sortedRows(found.map((row) => equal(row) as Row))
  }
  return all
}

/** In an order that only depends on the rows. */
export function sortedRows(rows: readonly Row[]): Row[] {
  const key = (row: Row): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => compare(a, b)))
  return [...rows].sort((a, b) => compare(key(a), key(b)))
}

/** bd rounds to the nearest second, so its times may lie half a second ahead. */
const slackMs = 2_000

function equaliser(since: Date): (value: Value) => Value {
  const isNow = (text: string): boolean => {
    if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?Z?$/.test(text)) return false
    const time = Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`)
    return time >= since.getTime() - slackMs && time <= Date.now() + slackMs
  }
  const equal = (value: Value): Value => {
    if (typeof value === 'string') {
      if (isNow(value)) return '<now>'
      if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return '<uuid>'
      return value.startsWith('{') ? equal(parsed(value)) : value
    }
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(equal)
    const names = Object.keys(value).sort()
    return Object.fromEntries(names.map((name) => [name, equal((value as Row)[name] ?? null)]))
  }
  return equal
}

function parsed(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return text
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
