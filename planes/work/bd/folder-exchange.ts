import type { BeadsExchange } from '../../../model/exchange.ts'
import { sqlExchange } from '../sql-exchange.ts'
import { requireBeads, sqlLoginOf } from './discover-beads.ts'
import { openBdFolder } from './open-bd-folder.ts'

/**
 * Export and import of a folder's Beads database: by SQL where a Dolt server keeps it, else through bd. Fails with
 * `beads_missing`, and as bd does. Holds nothing between two uses.
 */
export async function folderExchange(folder: string): Promise<BeadsExchange> {
  const login = sqlLoginOf(await requireBeads(folder))
  return login === undefined ? (await openBdFolder({ folder })).exchange : sqlExchange(login)
}
