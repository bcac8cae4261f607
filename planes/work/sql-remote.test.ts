import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import type { BeadsLogin } from './login.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const

let server: DoltServer
let root: Connection
const planes: WorkPlane[] = []

beforeAll(async () => {
  server = await startDoltServer()
  root = await createConnection({ host: server.host, port: server.port, user: server.user })
})
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.disconnect()
})
afterAll(async () => {
  await root.end()
  await server.release()
})

async function open(login: BeadsLogin): Promise<WorkPlane> {
  const plane = await openBeads(login)
  planes.push(plane)
  return plane
}

async function fresh(database: string): Promise<BeadsLogin> {
  const login = { host: server.host, port: server.port, user: server.user, database }
  await createBeads({ ...login, prefix: 'gm' })
  await root.query(`USE ${database}`)
  return login
}

async function remotes(): Promise<unknown[]> {
  const [rows] = await root.query<RowDataPacket[]>('SELECT name, url FROM dolt_remotes ORDER BY name')
  return rows.map((row) => [row['name'], row['url']])
}

describe('the remote of a database', () => {
  it('is told and set, and only by who may write', async () => {
    const login = await fresh('remoted')
    const plane = await open(login)
    expect(await plane.remote?.()).toMatchObject({ configured: false, reachable: 'unknown' })
    const set = await plane.setRemote?.({ name: 'origin', url: `file://${server.folder}` }, by)
    expect(set).toMatchObject({ configured: true, name: 'origin', reachable: 'yes' })
    await plane.setRemote?.({ name: 'origin', url: 'http://127.0.0.1:1/a' }, by)
    expect(await plane.remote?.()).toMatchObject({ display: 'http://127.0.0.1:1/a', reachable: 'no' })
    expect(await remotes()).toEqual([['origin', 'http://127.0.0.1:1/a']])
    await root.query("CREATE USER IF NOT EXISTS looker@'%' IDENTIFIED BY 'p'")
    await root.query("GRANT SELECT ON remoted.* TO looker@'%'")
    const reader = await open({ ...login, user: 'looker', password: 'p' })
    const refused = reader.setRemote?.({ name: 'origin', url: 'http://127.0.0.1:1/b' }, by)
    await expect(refused).rejects.toMatchObject({ code: 'read_only' })
  })

  it.each(['https://me:hidden@127.0.0.1:1/a', 'https://ghp_hidden@127.0.0.1:1/a'])(
    'that somebody gave a login is told without it: %s',
    async (url) => {
      const login = await fresh('leaky')
      await root.query("CALL DOLT_REMOTE('add', 'backup', ?)", [url])
      const told = await (await open(login)).remote?.()
      await root.query("CALL DOLT_REMOTE('remove', 'backup')")
      expect(told).toMatchObject({ name: 'backup', display: 'https://…@127.0.0.1:1/a', reachable: 'no' })
    },
  )

  it('stays what it was when a new one holds a login, or is refused by Dolt', async () => {
    const plane = await open(await fresh('kept'))
    await plane.setRemote?.({ name: 'origin', url: 'http://127.0.0.1:1/kept' }, by)
    for (const url of ['https://ghp_hidden@h/a', 'http://127.0.0.1:1/%zz']) {
      await expect(plane.setRemote?.({ name: 'origin', url }, by)).rejects.toMatchObject({ code: 'remote_invalid' })
      expect(await remotes()).toEqual([['origin', 'http://127.0.0.1:1/kept']])
    }
  })
})
