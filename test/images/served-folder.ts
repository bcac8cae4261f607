import { createBeads } from '../../planes/work/create-beads.ts'
import { pointAtServer } from '../bd/point-at-server.ts'
import type { DoltServer } from '../dolt-server.ts'

/** Makes a worktree whose new database that server keeps, as one that is mounted may be. */
export async function makeServedFolder(folder: string, server: DoltServer, database: string): Promise<void> {
  const { host, port, user } = server
  const login = { host, port, user, database }
  await createBeads({ ...login, prefix: database })
  await pointAtServer(folder, login)
}
