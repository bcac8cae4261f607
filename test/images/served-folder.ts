import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBeads } from '../../planes/work/create-beads.ts'
import type { DoltServer } from '../dolt-server.ts'

/** Makes a worktree whose new database that server keeps, as one that is mounted may be. */
export async function makeServedFolder(folder: string, server: DoltServer, database: string): Promise<void> {
  const { host, port, user } = server
  await createBeads({ host, port, user, database, prefix: database })
  mkdirSync(join(folder, '.beads'), { recursive: true })
  const place = { dolt_server_host: host, dolt_server_port: port, dolt_server_user: user, dolt_database: database }
  const metadata = JSON.stringify({ backend: 'dolt', dolt_mode: 'server', ...place })
  writeFileSync(join(folder, '.beads', 'metadata.json'), metadata)
}
