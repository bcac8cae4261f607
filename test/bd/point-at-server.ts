import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BeadsLogin } from '../../planes/work/login.ts'

/** Has a folder, which is made where it is not, name a database that a Dolt server keeps, as bd does. */
export async function pointAtServer(
  folder: string,
  { host, port, user, database }: BeadsLogin,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await mkdir(join(folder, '.beads'), { recursive: true })
  const server = { dolt_server_host: host, dolt_server_port: port, dolt_server_user: user }
  const metadata = { backend: 'dolt', dolt_mode: 'server', dolt_database: database, ...server, ...more }
  await writeFile(join(folder, '.beads', 'metadata.json'), JSON.stringify(metadata))
}
