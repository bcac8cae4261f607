import { openBeads } from '../planes/work/beads-sql.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { beadsLogin } from '../planes/work/login.ts'
import { sqlExchange } from '../planes/work/sql-exchange.ts'
import type { ServerSettings } from '../runtime/settings.ts'
import { seedExample } from './example-seed.ts'
import type { RawSource } from './open-folder.ts'
import { openPlane } from './open-source.ts'

/**
 * Opens the project's Beads database; in embedded mode it is created first, and the example's is filled. Repeat-safe.
 * `watched`: whether a console is open.
 */
export async function openProjectBeads(
  { beads, project, example }: ServerSettings,
  watched: () => boolean = () => true,
): Promise<RawSource> {
  if ('folder' in beads) {
    return openPlane({ kind: 'beads_dir', folder: beads.folder }, { readOnly: false, restart: false, watched })
  }
  const login = beadsLogin(beads)
  if (beads.embedded) await createBeads({ ...login, prefix: project.prefix })
  const raw = await openBeads(login)
  if (example) await seedExample(raw)
  return { raw, exchange: sqlExchange(login) }
}
