import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { system } from '../model/actor.ts'
import type { GembaError } from '../model/error.ts'
import type { GembaEvent, NewEvent, Snapshot } from '../model/event.ts'
import { start } from '../runtime/exec.ts'
import { findPostgres, startPostgres, type PostgresServer } from '../test/postgres-server.ts'
import { migrate } from './migrate.ts'
import { answerLimit } from './nonces.ts'
import { openDatabase } from './open-database.ts'
import { openStore } from './open-store.ts'
import type { NonceBinding, Store, StoredSignIn, StoreOptions } from './store.ts'

type At = StoreOptions['at']

const here = dirname(fileURLToPath(import.meta.url))
const writer = join(here, 'store-writer.fixture.ts')
const postgres = await findPostgres()
if (postgres.kind === 'none') console.warn(`The store is tested on PGlite only: ${postgres.reason}`)

let shared: Promise<PostgresServer> | undefined
/** One server for the file, started by the first test that needs it. */
function sharedServer(): Promise<PostgresServer> {
  shared ??= ownServer()
  return shared
}
afterAll(async () => (await shared)?.release())

async function ownServer(): Promise<PostgresServer> {
  const started = await startPostgres()
  if (started.server === undefined) throw new Error(started.reason)
  return started.server
}

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gemba-store-'))
}

function event(source: string, sourceRevision: number, bead = 'b-1'): NewEvent {
  return { source, sourceRevision, at: '2026-01-02T03:04:05Z', actor: system, body: { kind: 'bead.deleted', bead } }
}

function snapshot(id: string, revision: number, more: Partial<Snapshot> = {}): Snapshot {
  return {
    kind: 'session',
    id,
    project: 'p',
    schema: 1,
    revision,
    open: true,
    view: { id, revision },
    state: { revision },
    ...more,
  }
}

const binding: NonceBinding = { subject: 'ada', method: 'POST', path: '/api/v1/sessions', digest: 'ab'.repeat(32) }

function numbersOf(events: readonly GembaEvent[]): number[] {
  return events.map(({ number }) => number)
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return (error as GembaError | undefined)?.code ?? String(error)
}

const kinds: { name: string; create: () => Promise<{ at: At; remove: () => void }> }[] = [
  {
    name: 'PGlite',
    create: () => {
      const folder = temporaryFolder()
      return Promise.resolve({ at: { folder }, remove: () => rmSync(folder, { recursive: true, force: true }) })
    },
  },
]
if (postgres.kind !== 'none') {
  kinds.push({
    name: 'Postgres',
    create: async () => ({ at: { url: await (await sharedServer()).database() }, remove: () => {} }),
  })
}

describe.each(kinds)('the store on $name', ({ create }) => {
  let at: At
  let remove: () => void
  let store: Store
  let unique = 0

  /** Every test has sources, ids and a project of its own, for the database is shared. */
  const name = (stem: string): string => `${stem}-${(unique += 1)}`

  beforeAll(async () => {
    const created = await create()
    at = created.at
    remove = created.remove
    store = await openStore({ at })
  })
  afterAll(async () => {
    await store.close()
    remove()
  })

  describe('events', () => {
    it('numbers parallel appends without a gap, and tells listeners in that order', async () => {
      const before = await store.lastEvent()
      const heard: number[] = []
      onTestFinished(store.onEvents((events) => heard.push(...numbersOf(events))))
      const source = name('parallel')
      const batches = await Promise.all(
        upTo(50).map((index) => store.append([event(source, 2 * index), event(source, 2 * index + 1)])),
      )
      const expected = upTo(100, before + 1)
      expect(batches.flatMap(numbersOf).sort((one, other) => one - other)).toEqual(expected)
      expect(heard).toEqual(expected)
      expect(await store.lastEvent()).toBe(before + 100)
      expect(numbersOf(await store.events({ after: before, limit: 1000 }))).toEqual(expected)
    })

    it('drops duplicates without a gap, within a batch, across batches and in parallel', async () => {
      const before = await store.lastEvent()
      const source = name('twice')
      const first = await store.append([event(source, 1), event(source, 1, 'other'), event(source, 2)])
      expect(first.map(({ body }) => body)).toEqual([
        { kind: 'bead.deleted', bead: 'b-1' },
        { kind: 'bead.deleted', bead: 'b-1' },
      ])
      const second = await store.append([event(source, 2), event(source, 3), event(source, 1), event(source, 4)])
      expect(numbersOf(second)).toEqual([before + 3, before + 4])
      expect(second.map(({ sourceRevision }) => sourceRevision)).toEqual([3, 4])
      const races = await Promise.all(upTo(10).map(() => store.append([event(source, 5)])))
      expect(races.flat()).toHaveLength(1)
      expect(await store.lastEvent()).toBe(before + 5)
    })

    it('leaves no gap after a transaction that failed', async () => {
      const before = await store.lastEvent()
      const source = name('failing')
      const tooLong = snapshot(name('big'), 1, { state: 'x'.repeat(70_000) })
      expect(await codeOf(store.publish({ events: [event(source, 1)], snapshot: tooLong }))).toBe('too_large')
      expect(await codeOf(store.append([{ ...event(source, 1), at: 'yesterday' }]))).toBe('bad_request')
      expect(numbersOf(await store.append([event(source, 1)]))).toEqual([before + 1])
    })

    it('gives back what it told: the same from append, listener and table', async () => {
      const heard: GembaEvent[] = []
      onTestFinished(store.onEvents((events) => heard.push(...events)))
      const hostile = `a\0b\ud800 \\u0000 'quoted' 😀`
      const [appended] = await store.append([event(name('text'), 1, hostile)])
      expect(appended?.body).toEqual({ kind: 'bead.deleted', bead: `a\ufffdb\ufffd \\u0000 'quoted' 😀` })
      expect(appended?.at).toBe('2026-01-02T03:04:05.000Z')
      expect(heard).toEqual([appended])
      expect(await store.events({ after: (appended?.number ?? 0) - 1, limit: 1 })).toEqual([appended])
    })

    it('knows the events of one session, page by page, the newest page first', async () => {
      const session = name('session')
      const refused = (revision: number, of: string): NewEvent => ({
        ...event(name('history'), revision),
        body: { kind: 'session.refused', session: of, bead: 'gm-1', code: 'bead_blocked', message: '' },
      })
      const added = await store.append([1, 2, 3].map((revision) => refused(revision, session)))
      await store.append([refused(4, name('another'))])
      const newest = await store.sessionEvents({ session, limit: 2 })
      expect(newest.items).toEqual(added.slice(1))
      const older = { session, limit: 2, cursor: newest.cursor ?? '' }
      expect(await store.sessionEvents(older)).toEqual({ items: added.slice(0, 1), cursor: null })
      expect(await store.sessionEvents({ session, limit: 3 })).toEqual({ items: added, cursor: null })
      expect(await codeOf(store.sessionEvents({ session, limit: 1, cursor: '1; drop' }))).toBe('bad_request')
    })

    it('goes on when a listener throws or leaves', async () => {
      const warnings: string[] = []
      const warn = ({ message }: Error): void => void warnings.push(message)
      process.on('warning', warn)
      onTestFinished(() => void process.off('warning', warn))
      const leaveBad = store.onEvents(() => {
        throw new Error('a listener that fails')
      })
      const heard: number[] = []
      const leave = store.onEvents((events) => heard.push(...numbersOf(events)))
      const source = name('listener')
      const [first] = await store.append([event(source, 1)])
      leave()
      leaveBad()
      await store.append([event(source, 2)])
      expect(heard).toEqual([first?.number])
      await vi.waitFor(() => expect(warnings).toContain('a listener that fails'), { timeout: 20_000 })
    })

    it('sweeps old numbers, and swept events do not come back', async () => {
      const source = name('swept')
      await store.append(upTo(20).map((revision) => event(source, revision)))
      const last = await store.lastEvent()
      await store.sweep({ keepEvents: 5 })
      expect(numbersOf(await store.events({ after: 0, limit: 100 }))).toEqual(upTo(5, last - 4))
      expect(await store.append([event(source, 3), event(source, 20), event(source, 21)])).toMatchObject([
        { number: last + 1, sourceRevision: 21 },
      ])
    })
  })

  describe('snapshots', () => {
    it('publishes events and snapshot once, however often it is asked', async () => {
      const [source, id] = [name('publish'), name('s')]
      const publication = { events: [event(source, 1), event(source, 2)], snapshot: snapshot(id, 2) }
      expect(await store.publish(publication)).toHaveLength(2)
      const last = await store.lastEvent()
      expect(await Promise.all([store.publish(publication), store.publish(publication)])).toEqual([[], []])
      expect(await store.lastEvent()).toBe(last)
      expect(await store.snapshot('session', id)).toEqual(snapshot(id, 2))
    })

    it('never lets an older or equal revision replace a newer one', async () => {
      const id = name('s')
      for (const revision of [5, 4, 5]) {
        await store.publish({ events: [], snapshot: snapshot(id, revision, { view: `${revision}` }) })
        await store.publish({ events: [], snapshot: snapshot(id, revision, { view: 'late' }) })
      }
      expect(await store.snapshot('session', id)).toMatchObject({ revision: 5, view: '5' })
      expect(await store.snapshot('escalation', id)).toBeUndefined()
    })

    it('pages by the latest write; what is written meanwhile neither repeats nor pushes others out', async () => {
      const project = name('project')
      const ids = upTo(7).map((index) => `${project}.${index}`)
      for (const id of ids) {
        await store.publish({ events: [], snapshot: snapshot(id, 1, { project, open: id !== ids[3] }) })
      }
      const query = { kind: 'session', project, limit: 3 } as const
      const first = await store.snapshots(query)
      expect(first.items.map(({ id }) => id)).toEqual([ids[6], ids[5], ids[4]])
      await store.publish({ events: [], snapshot: snapshot(`${ids[5]}`, 2, { project }) })
      await store.publish({ events: [], snapshot: snapshot(`${project}.8`, 1, { project }) })
      const second = await store.snapshots({ ...query, cursor: `${first.cursor}` })
      expect(second.items.map(({ id }) => id)).toEqual([ids[3], ids[2], ids[1]])
      const third = await store.snapshots({ ...query, cursor: `${second.cursor}` })
      expect(third).toMatchObject({ items: [{ id: ids[0] }], cursor: null })
      const closed = await store.snapshots({ ...query, open: false })
      expect(closed.items.map(({ id }) => id)).toEqual([ids[3]])
      expect(await codeOf(store.snapshots({ ...query, cursor: "1'; --" }))).toBe('bad_request')
    })
  })

  describe('nonces', () => {
    it('are 26 letters that sort by time', async () => {
      const one = await store.issueNonce(binding, 60_000)
      await new Promise((resolve) => setTimeout(resolve, 2))
      const other = await store.issueNonce(binding, 60_000)
      expect(one.nonce).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
      expect(one.nonce < other.nonce).toBe(true)
      expect(Date.parse(one.expiresAt)).toBeGreaterThan(Date.now())
    })

    it('let one of many begin, and tell the rest the answer when it is there', async () => {
      const { nonce } = await store.issueNonce(binding, 60_000)
      const begins = await Promise.all(upTo(8).map(() => store.beginNonce(nonce, binding, 60_000)))
      expect(begins.map(({ outcome }) => outcome).sort()).toEqual(['begun', ...upTo(7).map(() => 'busy')])
      await store.finishNonce(nonce, { status: 201, body: { z: 1, a: ['x', null] } })
      await store.finishNonce(nonce, { status: 500, body: 'a second answer' })
      const again = await store.beginNonce(nonce, binding, 60_000)
      expect(again).toEqual({ outcome: 'done', answer: { status: 201, body: { z: 1, a: ['x', null] } } })
    })

    it.each(['subject', 'method', 'path', 'digest'] as const)('refuse another %s', async (field) => {
      const { nonce } = await store.issueNonce(binding, 60_000)
      expect(await store.beginNonce(nonce, { ...binding, [field]: 'another' }, 60_000)).toEqual({ outcome: 'mismatch' })
      expect(await store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
    })

    it('expire, and what never was is unknown too', async () => {
      const { nonce } = await store.issueNonce(binding, 0)
      expect(await store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'unknown' })
      expect(await store.beginNonce('0'.repeat(26), binding, 60_000)).toEqual({ outcome: 'unknown' })
      expect(await codeOf(store.beginNonce('\0', binding, 60_000))).toBe('bad_request')
    })

    it('begin again after the lease or an abandonment', async () => {
      const { nonce } = await store.issueNonce(binding, 60_000)
      expect(await store.beginNonce(nonce, binding, 0)).toEqual({ outcome: 'begun' })
      expect(await store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
      expect(await store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'busy' })
      await store.abandonNonce(nonce)
      expect(await store.beginNonce(nonce, binding, 60_000)).toEqual({ outcome: 'begun' })
    })

    it('keep the status alone of an answer that is too long', async () => {
      const { nonce } = await store.issueNonce(binding, 60_000)
      await store.beginNonce(nonce, binding, 60_000)
      await store.finishNonce(nonce, { status: 200, body: 'x'.repeat(answerLimit) })
      const again = await store.beginNonce(nonce, binding, 60_000)
      expect(again).toMatchObject({ outcome: 'done', answer: { status: 200, body: { omitted: expect.any(String) } } })
    })

    it('are swept when expired, but not while carried out nor with an answer', async () => {
      const [issued, done] = [await store.issueNonce(binding, 0), await store.issueNonce(binding, 60_000)]
      await store.beginNonce(done.nonce, binding, 60_000)
      await store.sweep({ keepEvents: 10_000 })
      await store.finishNonce(done.nonce, { status: 204, body: null })
      await store.sweep({ keepEvents: 10_000 })
      expect(await store.beginNonce(issued.nonce, binding, 1)).toEqual({ outcome: 'unknown' })
      expect(await store.beginNonce(done.nonce, binding, 1)).toMatchObject({ outcome: 'done' })
    })
  })

  it('keeps sign-ins until they are ended, used longest ago first', async () => {
    const signIn = (id: string, usedAt: number): StoredSignIn => {
      return { id, cookieDigest: `c${id}`, secretDigest: `s${id}`, tokenDigest: 't', usedAt }
    }
    await store.addSignIn(signIn('a', 1_000))
    await store.addSignIn(signIn('b', 2_000))
    expect(await store.signIns()).toEqual([signIn('a', 1_000), signIn('b', 2_000)])
    await store.noteSignIn('a', 3_000)
    expect(await store.signIns()).toEqual([signIn('b', 2_000), signIn('a', 3_000)])
    await store.deleteSignIn('b')
    await store.deleteSignIn('b')
    await store.noteSignIn('b', 4_000)
    expect((await store.signIns()).map(({ id }) => id)).toEqual(['a'])
    await store.deleteSignIn('a')
  })

  describe("a database of one's own", () => {
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

    it('refuses a migration that changed and a database that is newer', async () => {
      const folder = temporaryFolder()
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      cpSync(join(here, 'migrations'), folder, { recursive: true })
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

describe('a server that can not be used', () => {
  it('is store_unavailable, and its password is not told', async () => {
    expect(await codeOf(openStore({ at: { url: 'postgres://u:hunter2@127.0.0.1:1/db' } }))).toBe('store_unavailable')
    const refused = await openStore({ at: { url: 'mysql://u:hunter2@host/db' } }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'config_invalid' })
    expect(String(refused)).not.toContain('hunter2')
  })
})

describe.skipIf(postgres.kind !== 'binaries')('a Postgres server that goes away', () => {
  it('is store_unavailable meanwhile; afterwards nothing is lost, repeated or untold', async () => {
    const going = await ownServer()
    onTestFinished(() => going.release())
    if (going.stop === undefined || going.start === undefined) throw new Error('the server is not ours to stop')
    const store = await openStore({ at: { url: await going.database() } })
    onTestFinished(() => store.close())
    const heard: number[] = []
    store.onEvents((events) => heard.push(...numbersOf(events)))

    const published = (revision: number): Promise<unknown> =>
      store.publish({ events: [event('going', revision)], snapshot: snapshot('going', revision) })
    await published(1)
    let stopped = false
    const outcomes = new Set<string>()
    const writing = (async () => {
      for (let revision = 2; !stopped || outcomes.size === 0; revision += 1) {
        for (;;) {
          const code = await codeOf(published(revision))
          if (code === 'undefined') break
          outcomes.add(code)
        }
        if (revision > 200_000) break
      }
    })()
    await going.stop()
    expect(await codeOf(store.lastEvent())).toBe('store_unavailable')
    await going.start()
    while ((await store.lastEvent().catch(() => 0)) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    stopped = true
    await writing
    await published(1_000_000)
    const last = await store.lastEvent()
    expect([...outcomes]).toEqual(['store_unavailable'])
    expect(numbersOf(await store.events({ after: 0, limit: 10_000 }))).toEqual(upTo(last))
    expect(heard).toEqual(upTo(last))
  })
})

/** A proxy that, once told, passes the next COMMIT on but never its answer: the caller hears that the line broke. */
async function losingCommits(target: URL): Promise<{ url: string; loseNext(): void }> {
  let losing = false
  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    let lost = false
    client.on('data', (bytes) => {
      if (losing && bytes.includes('commit\0')) {
        losing = false
        lost = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => (lost ? client.destroy() : client.write(bytes)))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    loseNext() {
      losing = true
    },
  }
}

describe.skipIf(postgres.kind === 'none')('a commit whose answer is lost', () => {
  it('is told to the listeners all the same, once, and changes nothing when it is repeated', async () => {
    const proxy = await losingCommits(new URL(await (await sharedServer()).database()))
    const store = await openStore({ at: { url: proxy.url } })
    onTestFinished(() => store.close())
    const heard: number[] = []
    store.onEvents((events) => heard.push(...numbersOf(events)))
    const publication = { events: [event('lost', 1), event('lost', 2)], snapshot: snapshot('lost', 1) }

    proxy.loseNext()
    expect(await codeOf(store.publish(publication))).toBe('store_unavailable')
    await vi.waitFor(() => expect(heard).toEqual([1, 2]), { timeout: 30_000 })

    proxy.loseNext()
    expect(await codeOf(store.append([event('lost', 3)]))).toBe('store_unavailable')
    expect(await store.publish(publication)).toEqual([])
    expect(await store.append([event('lost', 3), event('lost', 4)])).toMatchObject([{ number: 4 }])
    expect(heard).toEqual([1, 2, 3, 4])
    expect(await store.snapshot('session', 'lost')).toEqual(snapshot('lost', 1))
  })
})
