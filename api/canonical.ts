import { createHash } from 'node:crypto'
import { GembaError } from '../model/error.ts'
import { ifMatchOf } from './etag.ts'

const deepest = 100

/** The one text of a JSON value (RFC 8785): fields in order of their names, no white space. Undefined counts as null. */
export function canonical(value: unknown, depth = 0): string {
  if (depth > deepest) throw new GembaError('bad_request', { why: `the body is nested deeper than ${deepest}` })
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field, depth + 1)}`)
  return `{${fields.join(',')}}`
}

/**
 * What a change is beside its method and path: SHA-256 of the canonical body, of `If-Match` and of the Beads source that
 * it is meant for, where that may be exchanged; hex.
 */
export function digestOf(body: unknown, ifMatch?: string, source = ''): string {
  const precondition = ifMatchOf(ifMatch) ?? null
  return createHash('sha256')
    .update(canonical(source === '' ? [body, precondition] : [body, precondition, source]))
    .digest('hex')
}

/** The path of a URL without its query, percent-encoded in one way only. `bad_request` when it is malformed. */
export function canonicalPath(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  try {
    return path
      .split('/')
      .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
      .join('/')
  } catch (cause) {
    throw new GembaError('bad_request', { why: 'the path is not well encoded' }, { cause })
  }
}
