import { GembaError, type ErrorCode } from '../../model/error.ts'
import type { Database } from './database.ts'

/** Failures that say nothing of what the server is. */
const elsewhere: readonly ErrorCode[] = ['work_plane_unavailable', 'beads_login_refused', 'beads_database_missing']

/** Fails with `beads_server_not_dolt` on another server of the MySQL protocol, before anything else is asked of it. */
export async function requireDolt(database: Database): Promise<void> {
  await database
    .read((reading) => reading.rows('SELECT dolt_version()'))
    .catch(async (error: unknown) => {
      if (!(error instanceof GembaError) || elsewhere.includes(error.code)) throw error
      const [found] = await database.read((reading) => reading.rows<{ version: string }>('SELECT VERSION() AS version'))
      throw new GembaError('beads_server_not_dolt', { found: named(found?.version) }, { cause: error })
    })
}

/** A server may say anything. */
function named(version: unknown): string {
  return String(version ?? 'of no known kind')
    .replace(/[^\w.+ -]/g, '?')
    .slice(0, 80)
}
