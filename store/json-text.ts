const unstorable = /\\u(?:0000|d[89a-f])/i

/**
 * `value` as JSON that Postgres accepts: NUL and lone surrogates, which `jsonb` refuses, become U+FFFD.
 * What has no JSON form (`undefined`) is `null`.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return unstorable.test(text) ? JSON.stringify(storable(JSON.parse(text))) : text
}

/** A text that Postgres accepts, at most `limit` characters. */
export function plainText(text: string, limit: number): string {
  return text.slice(0, limit).toWellFormed().replaceAll('\0', '\u{fffd}')
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value, value.length)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [plainText(key, key.length), storable(inner)]))
}
