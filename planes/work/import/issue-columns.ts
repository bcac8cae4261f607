import { limits } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import { contentHash } from '../content-hash.ts'
import type { Reading, SqlValue } from '../database.ts'
import { checkText, columnsOf, invalid } from '../fields.ts'
import type { Fields } from './jsonl-records.ts'
import type { Words } from '../configured-words.ts'
import { checkTime, sqlTime } from '../time.ts'

/** A column of `issues` as the database describes it. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly characters: number | null
  readonly nullable: 'YES' | 'NO'
}

export function readColumns(reading: Reading): Promise<Column[]> {
  return reading.rows<Column>(
    `SELECT column_name AS name, data_type AS type, character_maximum_length AS characters, is_nullable AS nullable
     FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'issues'`,
  )
}

/** The row to store for an imported issue; fields without a column are left out. `bead_invalid` names what is wrong. */
export function issueColumns(
  fields: Fields,
  columns: readonly Column[],
  words: Words,
  now: string,
): Record<string, SqlValue> {
  const { timeout, ...rest } = fields
  const named: Fields = { ...rest, ...(timeout === undefined ? {} : { timeout_ns: timeout }) }
  const row: Record<string, SqlValue> = {}
  for (const column of columns) {
    const value = named[column.name]
    if (value !== undefined && value !== null) row[column.name] = valueFor(column, value)
    else if (column.type === 'text' && column.nullable === 'NO') row[column.name] = ''
  }
  const created = row['created_at'] ?? row['updated_at'] ?? now
  const filled = { ...defaults, ...row, created_at: created, updated_at: row['updated_at'] ?? created }
  checkRow(filled, words)
  const whole = { ...filled, closed_at: closedAt(filled) }
  return { content_hash: contentHash(whole), ...whole }
}

const defaults = { status: 'open', priority: 2, issue_type: 'task', work_type: '', spec_id: '', metadata: '{}' }

/** Columns that `bd export` leaves out of a bead when they hold nothing, by what they hold then. */
const emptied: readonly (readonly [value: SqlValue, ...columns: string[]])[] = [
  [null, 'assignee', 'estimated_minutes', 'started_at', 'external_ref', 'due_at', 'defer_until'],
  [0, 'ephemeral', 'no_history', 'pinned', 'is_template', 'timeout_ns'],
  ['', 'created_by', 'owner', 'close_reason', 'source_system', 'sender', 'wisp_type', 'await_type', 'await_id'],
  ['', 'waiters', 'mol_type', 'event_kind', 'actor', 'target', 'payload'],
]

/**
 * What of `row` replaces a bead that is there. A line of `bd export` is the whole bead, so what it leaves out is
 * emptied; a line of columns changes those that it names.
 */
export function issueUpdate(
  fields: Fields,
  row: Readonly<Record<string, SqlValue>>,
  columns: readonly Column[],
): Record<string, SqlValue> {
  const { id: _id, ...rest } = row
  if (fields['_type'] === 'issue') {
    const known = new Set(columns.map((column) => column.name))
    const empty = emptied.flatMap(([value, ...names]) =>
      names.filter((name) => known.has(name)).map((name) => [name, value] as const),
    )
    return { ...Object.fromEntries(empty), ...rest }
  }
  const named = new Set([...Object.keys(fields), 'updated_at', 'content_hash'])
  if (named.has('status')) named.add('closed_at')
  if (named.has('timeout')) named.add('timeout_ns')
  return Object.fromEntries(Object.entries(rest).filter(([name]) => named.has(name)))
}

/** For bd, what is closed has the time of it and nothing else has; one that is missing is a second after the last change. */
function closedAt(row: Readonly<Record<string, SqlValue>>): SqlValue {
  if (row['status'] !== 'closed') return null
  if (typeof row['closed_at'] === 'string') return row['closed_at']
  const [last = ''] = [String(row['created_at']), String(row['updated_at'])].sort().reverse()
  return sqlTime(new Date(Date.parse(`${last.replace(' ', 'T')}Z`) + 1_000).toISOString())
}

function valueFor(column: Column, value: unknown): SqlValue {
  switch (column.type) {
    case 'int':
    case 'bigint':
    case 'tinyint':
      if (typeof value === 'boolean') return value ? 1 : 0
      if (Number.isSafeInteger(value)) return Number(value)
      throw invalid(`${column.name} is not a whole number`)
    case 'datetime':
      return sqlTime(checkTime(column.name, String(value)))
    case 'json':
      return checkText(column.name, typeof value === 'string' ? jsonText(column.name, value) : JSON.stringify(value))
    default:
      return textFor(column, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

function textFor(column: Column, text: string): string {
  if (column.type === 'text') return checkText(column.name, text)
  if (column.characters !== null && [...text].length > column.characters) {
    throw invalid(`${column.name} is longer than ${column.characters} characters`)
  }
  return text
}

export function jsonText(field: string, text: string): string {
  if (text === '') return '{}'
  try {
    JSON.parse(text)
    return text
  } catch {
    throw invalid(`${field} is not JSON`)
  }
}

function checkRow(row: Readonly<Record<string, SqlValue>>, words: Words): void {
  const { id, title, status, priority, issue_type: type } = row
  if (typeof id !== 'string' || !/^[\w-]+-[\w.-]+$/.test(id) || id.length > limits.id) {
    throw new GembaError('bead_invalid', { why: 'id is missing or has a form that ids do not have' })
  }
  columnsOf(
    { title: String(title ?? ''), status: String(status), priority: Number(priority), type: String(type) },
    words,
  )
}
