import { setImmediate as nextTurn } from 'node:timers/promises'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import { recordKinds, type ImportText, type RecordKind } from '../../../model/exchange.ts'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../../model/json.ts'
import { textLines, type TextLine } from './text-lines.ts'

export type Fields = JsonObject

/** A field as text; empty for what is neither text nor a number. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** One row to import and the line it came from. */
export interface ImportRecord {
  readonly kind: RecordKind
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly fields: Fields
}

/** A line that is not a row of anything. */
export interface BadLine {
  readonly file: string
  readonly line: number
  readonly why: string
}

/** What was read, in the order of the lines. */
export interface Jsonl {
  readonly records: readonly ImportRecord[]
  readonly bad: readonly BadLine[]
}

/**
 * Finds JSONL: a folder with `issues.jsonl`, `dependencies.jsonl`, `labels.jsonl`, `comments.jsonl` and `config.jsonl`
 * (one object of columns a line, any may be missing), or one file as `bd export` or `gemba beads export` writes it.
 */
export async function importTexts(path: string): Promise<ImportText[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new GembaError('not_found', { path })
  if (!found.isDirectory()) return [textAt(path, 'issues')]
  const names = await readdir(path)
  const kinds = recordKinds.filter((kind) => names.includes(`${kind}.jsonl`))
  if (kinds.length === 0) throw new GembaError('not_found', { path: join(path, 'issues.jsonl') })
  return kinds.map((kind) => textAt(join(path, `${kind}.jsonl`), kind))
}

function textAt(path: string, kind: RecordKind): ImportText {
  return { file: basename(path), kind, chunks: () => createReadStream(path) }
}

/** Far above what a database of people holds, and little in memory. */
const mostLines = 500_000

export async function readJsonl(texts: readonly ImportText[]): Promise<Jsonl> {
  const records: ImportRecord[] = []
  const bad: BadLine[] = []
  let seen = 0
  for (const text of texts) {
    for await (const line of textLines(text.chunks())) {
      seen += 1
      if (seen > mostLines) throw new GembaError('too_large', { limit: `${mostLines} lines` })
      // Other work of the process has its turn between lines, however short they are.
      if (seen % 1_000 === 0) await nextTurn()
      const read = readLine(text, line)
      if (Array.isArray(read)) records.push(...read)
      else bad.push({ file: text.file, line: line.line, why: read })
    }
  }
  return { records, bad }
}

/** The rows that a line stands for, or why it stands for none. */
function readLine({ file, kind }: ImportText, line: TextLine): ImportRecord[] | string {
  if (!('text' in line)) return line.why
  const fields = parseJsonObject(line.text)
  if (fields === undefined) return 'it is not a JSON object'
  const at = { file, line: line.line }
  if (isMemory(fields)) return [{ kind: 'config', ...at, fields: memory(fields) }]
  const { _type: type, _table: table } = fields
  if (table !== undefined) {
    const named = recordKinds.find((each) => each === table)
    return named === undefined
      ? `it is a row of ${named40(table)}, which is not imported`
      : [{ kind: named, ...at, fields }]
  }
  if (type !== undefined && type !== 'issue') return `it is a ${named40(type)}, not an issue`
  return [{ kind, ...at, fields }, ...inside(kind, at, fields)]
}

function named40(value: unknown): string {
  return String(value).slice(0, 40)
}

function isMemory(fields: Fields): boolean {
  return fields['_type'] === 'memory' && textOf(fields['key']) !== '' && textOf(fields['value']) !== ''
}

/** What people told bd to remember, which it keeps among its settings. */
function memory(fields: Fields): Fields {
  return { key: `kv.memory.${textOf(fields['key'])}`, value: textOf(fields['value']) }
}

/** bd's export keeps labels, dependencies and comments inside the issue. */
function inside(kind: RecordKind, at: { file: string; line: number }, fields: Fields): ImportRecord[] {
  if (kind !== 'issues') return []
  const own = { issue_id: fields['id'] }
  const labels = list(fields['labels']).map((label) => ({ ...own, label }))
  const rows = (name: string): Fields[] =>
    list(fields[name]).flatMap((each) => (isJsonObject(each) ? [{ ...own, ...each }] : []))
  return [
    ...labels.map((each): ImportRecord => ({ kind: 'labels', ...at, fields: each })),
    ...rows('dependencies').map((each): ImportRecord => ({ kind: 'dependencies', ...at, fields: each })),
    ...rows('comments').map((each): ImportRecord => ({ kind: 'comments', ...at, fields: each })),
  ]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
