import { createHash } from 'node:crypto'
import type { BeadDetail } from '../model/bead.ts'

/**
 * The tag of a bead as it is shown: its version, which counts for `If-Match`, a dot, and a digest of all that is shown,
 * also of what others did around it.
 */
export function readTagOf(bead: BeadDetail): string {
  return `${bead.etag}.${createHash('sha256').update(JSON.stringify(bead)).digest('base64url').slice(0, 16)}`
}

/** The version in the tag of `If-Match`, or undefined when any will do. Weak tags never match a write. */
export function ifMatchOf(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return /^"([^".]*)(?:\.[^"]*)?"$/.exec(header.trim())?.[1] ?? header.trim()
}

/** Whether a reader already has the tag `etag` (`If-None-Match`). */
export function isFresh(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${etag}"` || tag.trim() === '*')
}
