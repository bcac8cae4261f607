const escape = String.fromCharCode(27)
const bell = String.fromCharCode(7)
/** Control sequences, then strings (titles, clipboard, …) up to their end, then the short ones. */
const escapes = new RegExp(
  `${escape}(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^${bell}${escape}]*(?:${bell}|${escape}\\\\|$)|[ -/]*[0-~]|$)`,
  'g',
)
const unseen = /(?![\n\t])[\p{Cc}\p{Cf}]/gu

/** Text without the sequences that terminals act upon. */
export function withoutEscapes(text: string): string {
  return text.replace(escapes, '')
}

/**
 * Text from outside as it may be shown and typed: escape sequences, control and invisible characters taken out (line
 * ends and tabs stay), at most `limit` characters. A cut text ends with "…".
 */
export function plainText(text: string, limit: number): string {
  const lines = text.slice(0, limit * 4).replace(/\r\n?/g, '\n')
  const clean = withoutEscapes(lines).replace(unseen, '')
  if (clean.length <= limit) return clean
  return `${clean.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Like `plainText`, on one line. */
export function plainLine(text: string, limit: number): string {
  return plainText(
    plainText(text, limit * 4)
      .replace(/\s+/g, ' ')
      .trim(),
    limit,
  )
}

/** A name from outside, of a file or a bead, as it may be shown: what can not be seen shows as "?". */
export function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 200)
}
