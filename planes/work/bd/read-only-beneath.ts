import { GembaError } from '../../../model/error.ts'
import type { BeadsFolder } from './discover-beads.ts'

/**
 * Makes sure that writes are refused beneath Gemba too, or fails with `read_only_unforced`. In files, each process of
 * bd opens the database anew, so there is nothing to restart: a plane that is opened for reading only has every bd
 * refuse writes. A Dolt server is another matter: it can not be told to become read-only while it runs, and others
 * may be at work on it.
 */
export function requireReadOnlyBeneath({ mode, server }: BeadsFolder): void {
  if (mode === 'embedded') return
  const whose = server === null ? 'the Dolt server that bd runs' : `the Dolt server at ${server.host}:${server.port}`
  throw new GembaError('read_only_unforced', { why: `${whose} serves others too; give Gemba a login that only reads` })
}
