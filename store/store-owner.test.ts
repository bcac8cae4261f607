import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStore } from './open-store.ts'
import { postgres, sharedServer } from './testing/databases.ts'
import { codeOf } from './testing/samples.ts'

async function watch(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function holdersOf(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where locktype = 'advisory' and granted and datname = current_database()`,
  )
  return rows.map(({ pid }) => pid)
}

/** A way to the database that can forget its connections: the client learns that they broke, Postgres never does. */
async function forgetful(to: string): Promise<{ url: string; forget: () => void }> {
  const { hostname, port } = new URL(to)
  const near = new Set<Socket>()
  const far = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    near.add(client.on('error', () => undefined).on('data', (data) => server.write(data)))
    far.add(server.on('error', () => undefined).on('data', (data) => client.write(data)))
  })
  onTestFinished(() => {
    proxy.close()
    for (const socket of [...near, ...far]) socket.destroy()
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(to)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const forget = () => {
    for (const socket of near) socket.destroy()
    near.clear()
  }
  return { url: url.href, forget }
}

describe.skipIf(postgres.kind === 'none')('a Postgres database', () => {
  it('has one owner at a time, also when the connection that says so breaks', async () => {
    const url = await (await sharedServer()).database()
    const first = await openStore({ at: { url } })
    onTestFinished(() => first.close())
    expect(await codeOf(openStore({ at: { url } }))).toBe('store_in_use')
    const client = await watch(url)
    const holders = () => holdersOf(client)
    const [before] = await holders()
    await client.query('select pg_terminate_backend($1)', [before])
    await vi.waitFor(async () => expect(await holders()).toEqual([expect.not.toBeOneOf([before])]), 10_000)
    expect(await first.lastEvent()).toBe(0)
    expect(await codeOf(openStore({ at: { url } }))).toBe('store_in_use')
    await first.close()
    const second = await openStore({ at: { url } })
    onTestFinished(() => second.close())
    expect(await second.lastEvent()).toBe(0)
  })

  it('takes its lock again from a connection that only Postgres believes in, and is still the owner', async () => {
    const url = await (await sharedServer()).database()
    const way = await forgetful(url)
    const store = await openStore({ at: { url: way.url } })
    onTestFinished(() => store.close())
    expect(await store.lastEvent()).toBe(0)
    const client = await watch(url)
    const before = await holdersOf(client)
    way.forget()
    await vi.waitFor(async () => expect(await holdersOf(client)).toEqual([expect.not.toBeOneOf(before)]), 10_000)
    expect(await store.lastEvent()).toBe(0)
    expect(await codeOf(openStore({ at: { url } }))).toBe('store_in_use')
  })

  it('leaves the lock to another that took it meanwhile', async () => {
    const url = await (await sharedServer()).database()
    const store = await openStore({ at: { url } })
    onTestFinished(() => store.close())
    const [client, other] = [await watch(url), await watch(url)]
    const { rows } = await client.query<{ pid: number; key: string }>(
      "select pid, objid as key from pg_locks where locktype = 'advisory' and pid in (select pid from pg_stat_activity where datname = current_database())",
    )
    const taken = other.query('select pg_advisory_lock($1), pg_backend_pid() as pid', [rows[0]?.key])
    const waiting = 'select 1 from pg_locks where not granted and objid = $1'
    await vi.waitFor(async () => expect((await client.query(waiting, [rows[0]?.key])).rowCount).toBe(1), 10_000)
    await client.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    const pid = (await taken).rows[0]?.pid as number
    await vi.waitFor(async () => expect(await codeOf(store.lastEvent())).toBe('store_in_use'), 10_000)
    expect(await holdersOf(client)).toEqual([pid])
  })
})
