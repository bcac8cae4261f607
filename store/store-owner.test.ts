import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStore } from './open-store.ts'
import { postgres, sharedServer } from './testing/databases.ts'
import { codeOf } from './testing/samples.ts'

describe.skipIf(postgres.kind === 'none')('a Postgres database', () => {
  it('has one owner at a time, also when the connection that says so breaks', async () => {
    const url = await (await sharedServer()).database()
    const first = await openStore({ at: { url } })
    onTestFinished(() => first.close())
    expect(await codeOf(openStore({ at: { url } }))).toBe('store_in_use')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    const holders = async (): Promise<number[]> => {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_locks join pg_database on pg_database.oid = pg_locks.database
        where locktype = 'advisory' and datname = current_database()`,
      )
      return rows.map(({ pid }) => pid)
    }
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
})
