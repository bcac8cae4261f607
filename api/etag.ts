/** The tag of `If-Match`, or undefined when any will do. Weak tags never match a write. */
export function ifMatchOf(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return /^"([^"]*)"$/.exec(header.trim())?.[1] ?? header.trim()
}

/** Whether a reader already has the version `etag` (`If-None-Match`). */
export function isFresh(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${etag}"` || tag.trim() === '*')
}
