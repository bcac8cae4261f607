import { readFileSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { GembaError } from '../model/error.ts'
import { codedError } from './coded-error.ts'
import { isCode } from './secret.ts'
import { suggestion } from './suggestion.ts'

/** A configuration file that was read and found in order. */
export interface ConfigFile<Content> {
  readonly file: string
  readonly content: Content
  /** Line of a key, by its dotted path (`repository.0.path`); undefined when it can not be told. */
  lineOf(path: readonly string[]): number | undefined
}

/** Reads and checks a TOML file. Undefined when it does not exist; `config_invalid` names file, line and what is wrong. */
export function readConfigFile<Schema extends TSchema>(
  file: string,
  schema: Schema,
): ConfigFile<Static<Schema>> | undefined {
  const text = readText(file)
  if (text === undefined) return undefined
  const content = parseText(file, text)
  const lines = keyLines(text)
  const lineOf = (path: readonly string[]): number | undefined => lines.get(path.join('.'))
  const problem = firstProblem(schema, content)
  if (problem !== undefined) throw invalid(file, lineOf(problem.path), problem.why)
  return { file, content: content as Static<Schema>, lineOf }
}

/** The error for a value that can not be right, at its place. */
export function invalid(file: string, line: number | undefined, why: string): GembaError {
  return new GembaError('config_invalid', { file: line === undefined ? file : `${file}:${line}`, why })
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw codedError(error instanceof Error ? Object.assign(error, { path: file }) : error)
  }
}

function parseText(file: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')
    throw new GembaError('config_invalid', {
      file: `${file}:${error.line}:${error.column}`,
      why: `this is not TOML: ${why}`,
    })
  }
}

/** The most telling of the schema's complaints, in words. */
function firstProblem(schema: TSchema, content: unknown): { path: string[]; why: string } | undefined {
  const errors = [...Value.Errors(schema, content)]
  const error =
    errors.find((each) => each.keyword === 'additionalProperties') ??
    errors.find((each) => each.keyword === 'anyOf') ??
    errors[0]
  if (error === undefined) return undefined
  const path = error.instancePath.split('/').slice(1)
  const at = schemaAt(schema, path)
  if (error.keyword === 'additionalProperties') {
    const key = firstOf(error.params, 'additionalProperties')
    const known = Object.keys(at?.properties ?? {})
    const meant = suggestion(key, known)
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${dotted([...path, meant])}?`
    return { path: [...path, key], why: `unknown key ${dotted([...path, key])}; ${hint}` }
  }
  if (error.keyword === 'required') {
    const key = firstOf(error.params, 'requiredProperties')
    return { path, why: `${dotted([...path, key])} is missing` }
  }
  if (at?.anyOf !== undefined) {
    const options = at.anyOf.map((option) => JSON.stringify(option.const)).join(', ')
    return { path, why: `${dotted(path)} must be one of ${options}` }
  }
  return { path, why: `${dotted(path)} ${error.message}` }
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly { readonly const?: unknown }[]
}

function schemaAt(schema: TSchema, path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode
  for (const part of path)
    node = node?.items !== undefined && /^\d+$/.test(part) ? node.items : node?.properties?.[part]
  return node
}

function firstOf(params: object, name: string): string {
  const names: unknown = (params as Readonly<Record<string, unknown>>)[name]
  return Array.isArray(names) ? String(names[0]) : ''
}

/** `repository[1].path`, counted from one as people do. */
function dotted(path: readonly string[]): string {
  return path
    .map((part, index) => (/^\d+$/.test(part) ? `[${Number(part) + 1}]` : index === 0 ? part : `.${part}`))
    .join('')
}

/** Line numbers of the keys and table headers of a TOML text, found by reading it line by line. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  const counts = new Map<string, number>()
  let table: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const list = /^\s*\[\[\s*([\w.-]+)\s*\]\]/.exec(line)?.[1]
    const single = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1]
    const key = /^\s*"?([\w-]+)"?\s*[.=]/.exec(line)?.[1]
    if (list !== undefined) {
      const count = counts.get(list) ?? 0
      counts.set(list, count + 1)
      table = [list, String(count)]
    } else if (single !== undefined) table = single.split('.')
    const path = list === undefined && single === undefined && key !== undefined ? [...table, key] : table
    if (path.length > 0 && !lines.has(path.join('.'))) lines.set(path.join('.'), index + 1)
  }
  return lines
}
