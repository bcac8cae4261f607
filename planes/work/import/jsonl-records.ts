import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../../model/json.ts'

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

export const recordKinds = ['config', 'issues', 'labels', 'dependencies', 'comments'] as const
export type RecordKind = (typeof recordKinds)[number]

/** A line that is not a row of anything. */
export interface BadLine {
  readonly file: string
  readonly line: number
  readonly why: string
}

/**
 * Reads JSONL: a folder with `issues.jsonl`, `dependencies.jsonl`, `labels.jsonl`, `comments.jsonl` and `config.jsonl`
 * (one object of columns a line, any may be missing), or one file as `bd export` writes it.
 */
export async function readJsonl(path: string): Promise<{ records: ImportRecord[]; bad: BadLine[] }> {
  const files = await filesAt(path)
  const records: ImportRecord[] = []
  const bad: BadLine[] = []
  for (const { file, kind } of files) {
    const lines = (await readFile(file, 'utf8')).split('\n')
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue
      const at = { file: basename(file), line: index + 1 }
      const fields = parseJsonObject(text)
      if (fields === undefined) bad.push({ ...at, why: 'it is not a JSON object' })
      else if (isMemory(fields)) records.push({ kind: 'config', ...at, fields: memory(fields) })
      else if (fields['_type'] !== undefined && fields['_type'] !== 'issue') {
        bad.push({ ...at, why: `it is a ${String(fields['_type']).slice(0, 40)}, not an issue` })
      } else records.push({ kind, ...at, fields }, ...inside(kind, at, fields))
    }
  }
  return { records, bad }
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

async function filesAt(path: string): Promise<{ file: string; kind: RecordKind }[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new GembaError('not_found', { path })
  if (!found.isDirectory()) return [{ file: path, kind: 'issues' }]
  const names = await readdir(path)
  const files = recordKinds
    .filter((kind) => names.includes(`${kind}.jsonl`))
    .map((kind) => ({ file: join(path, `${kind}.jsonl`), kind }))
  if (files.length === 0) throw new GembaError('not_found', { path: join(path, 'issues.jsonl') })
  return files
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
