import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection, type Connection } from 'mysql2/promise'

/** The project's Beads database, as another program reaches it. `end` it. */
export function openBeads(folder: string): Promise<Connection> {
  const read = (name: string): string => readFileSync(join(folder, '.gemba', 'data', name), 'utf8').trim()
  const { dolt } = JSON.parse(read('ports.json')) as { dolt: number }
  const { beads } = JSON.parse(read(join('settings', 'server.json'))) as { beads: { database: string } }
  return createConnection({
    host: '127.0.0.1',
    port: dolt,
    user: 'root',
    password: read('dolt-password'),
    database: beads.database,
  })
}
