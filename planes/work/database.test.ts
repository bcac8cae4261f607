import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { createBeads } from './create-beads.ts'
import { openDatabase, type Database } from './database.ts'

let server: DoltServer
let database: Database

beforeAll(async () => {
  server = await startDoltServer()
  const login = { host: server.host, port: server.port, user: server.user, database: 'turns' }
  await createBeads({ ...login, prefix: 'gm' })
  database = openDatabase(login)
})
afterAll(async () => {
  await database?.close()
  await server?.release()
})

/** Together they hold the lock for longer than one of them would wait for a stranger. */
it('writers of one process wait for each other, however many, one at a time', async () => {
  let inside = 0
  const most: number[] = []
  const write = async (n: number): Promise<number> =>
    database.change({ locks: ['one', 'two'], message: () => 'nothing', author: 'Ada <ada@example>' }, async () => {
      inside += 1
      most.push(inside)
      await sleep(700)
      inside -= 1
      return n
    })
  const all = Array.from({ length: 12 }, (_, n) => n)
  expect(await Promise.all(all.map(write))).toEqual(all)
  expect(Math.max(...most)).toBe(1)
}, 60_000)

it('a writer that fails lets the next one in', async () => {
  const change = { locks: ['one'], message: () => 'nothing', author: 'Ada <ada@example>' }
  const failing = database.change(change, () => Promise.reject(new Error('on purpose')))
  const next = database.change(change, () => Promise.resolve('in'))
  await expect(failing).rejects.toThrow()
  expect(await next).toBe('in')
})
