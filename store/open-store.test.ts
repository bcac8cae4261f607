import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { start } from '../runtime/exec.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { openStore } from './open-store.ts'
import { kinds, postgres, temporaryFolder, type At } from './testing/databases.ts'
import { codeOf, event, numbersOf, upTo } from './testing/samples.ts'

if (postgres.kind === 'none') console.warn(`The store is tested on PGlite only: ${postgres.reason}`)

const migrations = fileURLToPath(new URL('migrations', import.meta.url))
const writer = fileURLToPath(new URL('store-writer.fixture.ts', import.meta.url))

describe.each(kinds)('a database on $name', ({ create }) => {
  let own: Awaited<ReturnType<typeof create>>

  beforeAll(async () => {
    own = await create()
  })
  afterAll(() => own.remove())

  it('keeps the epoch, the events and an audit that nobody rewrites', async () => {
    const first = await openStore({ at: own.at })
    await first.append([event('kept', 1)])
    await first.audit({ subject: 'ada', method: 'POST', path: '/x\0', status: 200, code: null, nonce: null })
    await first.close()
    const second = await openStore({ at: own.at })
    expect(second.epoch).toBe(first.epoch)
    expect(second.epoch).toMatch(/^[0-9a-z]{10}$/)
    expect(await second.lastEvent()).toBe(1)
    await second.close()

    const { db, close } = await openDatabase(own.at)
    onTestFinished(close)
    expect(await db.selectFrom('audit').selectAll().execute()).toMatchObject([{ subject: 'ada', path: '/x\ufffd' }])
    await expect(db.updateTable('audit').set({ subject: 'eve' }).execute()).rejects.toThrow('append-only')
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only')
  })

  it("is one project's", async () => {
    await (await openStore({ at: own.at, project: 'one' })).close()
    await (await openStore({ at: own.at, project: 'one' })).close()
    await expect(openStore({ at: own.at, project: 'two' })).rejects.toMatchObject({
      code: 'store_of_another',
      params: { found: 'one', project: 'two' },
    })
  })

  it('refuses a migration that changed and a database that is newer', async () => {
    const folder = temporaryFolder()
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    cpSync(migrations, folder, { recursive: true })
    const known = readdirSync(folder).length
    const nameOf = (number: number): string => join(folder, `${String(number).padStart(6, '0')}.sql`)
    const [later, latest] = [nameOf(known + 1), nameOf(known + 2)]
    const { db, close } = await openDatabase(own.at)
    onTestFinished(close)
    writeFileSync(later, 'create table later (n integer); insert into later values (1);')
    await Promise.all([migrate(db, folder), migrate(db, folder)])
    await migrate(db, folder)
    expect(await codeOf(migrate(db))).toBe('store_newer')
    writeFileSync(later, 'create table later (n bigint);')
    expect(await codeOf(migrate(db, folder))).toBe('store_changed')
    writeFileSync(later, 'create table later (n integer); insert into later values (1);')
    writeFileSync(latest, 'create table half (n integer); select 1/0;')
    await expect(migrate(db, folder)).rejects.toThrow('division by zero')
    writeFileSync(latest, 'create table half (n integer);')
    await migrate(db, folder)
  })

  it('loses nothing that was acknowledged when its process is killed', async () => {
    const fresh = await create()
    onTestFinished(fresh.remove)
    const acknowledged = await appendAndKill(fresh.at)
    const reopened = await openStore({ at: fresh.at })
    onTestFinished(() => reopened.close())
    const events = await reopened.events({ after: 0, limit: 10_000 })
    expect(acknowledged).toBeGreaterThanOrEqual(200)
    expect(events.length).toBeGreaterThanOrEqual(acknowledged)
    expect(numbersOf(events)).toEqual(upTo(events.length))
    expect(await reopened.snapshot('session', 'killed')).toMatchObject({ revision: events.length })
    const [next] = await reopened.append([event('after', 1)])
    expect(next?.number).toBe(events.length + 1)
  })
})

/** A child publishes as fast as it can and says each number; it is killed in the middle. Returns the last it said. */
async function appendAndKill(at: At): Promise<number> {
  const child = start(process.execPath, [writer, JSON.stringify(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout?.on('data', (part: Buffer) => {
    said += part.toString()
    if (said.split('\n').length > 200) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1))
}
