import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { GembaError } from '../model/error.ts'
import { start } from '../runtime/exec.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { openStore } from './open-store.ts'
import { temporaryFolder } from './testing/databases.ts'

const writer = fileURLToPath(new URL('store-writer.fixture.ts', import.meta.url))

describe('a folder', () => {
  let folder: string

  beforeAll(() => {
    folder = temporaryFolder()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has one owner at a time, and the next one after it', async () => {
    const attempts = await Promise.allSettled([openStore({ at: { folder } }), openStore({ at: { folder } })])
    const [owner, ...more] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    expect(more).toEqual([])
    const refused = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as GembaError] : []))
    expect(refused).toMatchObject([{ code: 'already_running', params: { pid: String(process.pid) } }])
    await owner?.close()
    await owner?.close()
    const next = await openStore({ at: { folder } })
    await next.close()
  })

  it('refuses what another live process owns', async () => {
    const child = start(process.execPath, [writer, JSON.stringify({ folder })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    await expect(openStore({ at: { folder } })).rejects.toMatchObject({
      code: 'already_running',
      params: { pid: String(child.pid) },
    })
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    await (await openStore({ at: { folder } })).close()
  })

  it('recovers when the thread of PGlite dies in the middle of a transaction', async () => {
    const database = await openDatabase({ folder })
    onTestFinished(() => database.close())
    await migrate(database.db)
    const before = await database.db.selectFrom('event_floor').selectAll().execute()
    const broken = database.db.transaction().execute(async (trx) => {
      await trx.insertInto('event_floor').values({ source: 'half', source_revision: 1 }).execute()
      database.reset()
      for (;;) await trx.selectFrom('event_floor').selectAll().execute()
    })
    await expect(broken).rejects.toThrow()
    expect(await database.db.selectFrom('event_floor').selectAll().execute()).toEqual(before)
  })

  it('starts over when the first start was interrupted', async () => {
    const other = temporaryFolder()
    onTestFinished(() => rmSync(other, { recursive: true, force: true }))
    cpSync(join(folder, 'pgdata', 'base'), join(other, 'pgdata.new', 'base'), { recursive: true })
    const store = await openStore({ at: { folder: other } })
    expect(await store.lastEvent()).toBe(0)
    await store.close()
  })
})
