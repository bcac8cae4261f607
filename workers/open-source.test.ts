import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { system } from '../model/actor.ts'
import { ManifestFile } from '../planes/manifest/manifest-file.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { answeringBd, doubleBd, type DoubleBd } from '../test/bd/double-bd.ts'
import { steppedClock } from '../test/bd/stepped-clock.ts'
import { startDoltServer, type DoltServer } from '../test/dolt-server.ts'
import type { OpenSource } from './chosen-source.ts'
import { openSource } from './open-source.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const
const access = { readOnly: false, restart: false, watched: () => false }

async function open(folder: string, more: Partial<typeof access> = {}): Promise<OpenSource> {
  const ledger = new ManifestFile({ path: join(folder, 'manifest.jsonl') })
  onTestFinished(() => ledger.close())
  const source = await openSource({ kind: 'beads_dir', folder }, { ...access, ...more }, ledger)
  onTestFinished(() => source.close())
  return source
}

async function bdOnPath(version?: string): Promise<DoubleBd> {
  const double = await doubleBd(answeringBd(version))
  onTestFinished(() => double.release())
  await writeFile(join(double.root, 'title'), 'first')
  vi.stubEnv('GEMBA_BD', double.env['GEMBA_BD'])
  onTestFinished(() => void vi.unstubAllEnvs())
  return double
}

describe('a folder whose database a server keeps', () => {
  let server: DoltServer
  let root: Connection
  beforeAll(async () => {
    server = await startDoltServer()
    root = await createConnection({ host: server.host, port: server.port, user: server.user })
  })
  afterAll(async () => {
    await root.end()
    await server.release()
  })

  /** A folder that names a new database. */
  async function served(database: string, project?: string): Promise<string> {
    const { host, port, user } = server
    await createBeads({ host, port, user, database, prefix: 'gm' })
    await root.query(`USE ${database}`)
    const [[row]] = await root.query<RowDataPacket[]>("SELECT value FROM metadata WHERE `key` = '_project_id'")
    const folder = await mkdtemp(join(tmpdir(), 'gemba-served-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await mkdir(join(folder, '.beads'))
    const names = { dolt_server_host: host, dolt_server_port: port, dolt_server_user: user, dolt_database: database }
    const metadata = { dolt_mode: 'server', project_id: project ?? String(row?.['value']), ...names }
    await writeFile(join(folder, '.beads', 'metadata.json'), JSON.stringify(metadata))
    return folder
  }

  it('is read and written by SQL', async () => {
    const { work } = await open(await served('plain'))
    expect(await work.manifest()).toMatchObject({ adaptor: 'beads-sql', readOnly: false })
    expect(await work.create({ title: 'a bead' }, by)).toMatchObject({ title: 'a bead' })
  })

  it('is not opened when the server serves the database of another project', async () => {
    const opening = open(await served('of_others', '11111111-2222-3333-4444-555555555555'))
    await expect(opening).rejects.toMatchObject({ code: 'work_plane_unavailable' })
    await expect(opening).rejects.toThrow('another project')
  })

  it('is only read while bd would bring back old states from `issues.jsonl`, and says how to end that', async () => {
    const folder = await served('stale')
    await writeFile(join(folder, '.beads', 'issues.jsonl'), '')
    const { work, exchange } = await open(folder)
    const { readOnly, readOnlyReason } = await work.manifest()
    expect([readOnly, readOnlyReason]).toEqual([true, expect.stringContaining('export.auto')])
    await expect(work.create({ title: 'lost' }, by)).rejects.toMatchObject({ code: 'read_only' })
    await expect(exchange.import([], { actor: system })).rejects.toMatchObject({ code: 'read_only' })
    await rm(join(folder, '.beads', 'issues.jsonl'))
    expect(await (await open(folder)).work.manifest()).toMatchObject({ readOnly: false })
  })

  it('is only read from the moment on when bd writes that file, and written again once it is gone', async () => {
    const folder = await served('exported')
    const { work, exchange, manifest } = await open(folder)
    const { id } = await work.create({ title: 'kept' }, by)
    await writeFile(join(folder, '.beads', 'issues.jsonl'), '')
    const refused = { code: 'read_only', message: expect.stringContaining('export.auto') }
    await expect(work.update(id, { title: 'lost' }, by)).rejects.toMatchObject(refused)
    await expect(work.claim(id, 'session/s1', by)).rejects.toMatchObject(refused)
    await expect(exchange.import([], { actor: system })).rejects.toMatchObject(refused)
    expect(await work.manifest()).toMatchObject({ readOnly: true, readOnlyReason: expect.stringContaining('issues') })
    expect((await work.get(id)).title).toBe('kept')
    expect(await exchange.export('bd', async () => undefined)).toBeGreaterThan(0)
    expect(manifest.state()).toMatchObject({ status: 'off', why: expect.stringContaining('issues.jsonl') })
    await rm(join(folder, '.beads', 'issues.jsonl'))
    expect(await work.manifest()).toMatchObject({ readOnly: false, readOnlyReason: null })
    expect(await work.update(id, { title: 'kept anew' }, by)).toMatchObject({ title: 'kept anew' })
    expect(manifest.state()).toMatchObject({ status: 'ok' })
  })

  it('of an older schema is written through bd, and only read where there is none that was tested', async () => {
    const folder = await served('older')
    await root.query('DELETE FROM schema_migrations WHERE version > 30')
    await root.query("CALL DOLT_COMMIT('-Am', 'as it was')")
    const untested = await bdOnPath('1.3.0')
    expect(await (await open(folder)).work.manifest()).toMatchObject({ adaptor: 'beads-sql', readOnly: true })
    expect((await untested.runs()).filter((run) => run[0] !== 'version' && !run.includes('--readonly'))).toEqual([])
    await bdOnPath()
    expect(await (await open(folder)).work.manifest()).toMatchObject({ adaptor: 'bd', readOnly: false })
  })

  it('of a newer schema is only read, and shown to no bd', async () => {
    const folder = await served('newer')
    await root.query('INSERT INTO schema_migrations (version) VALUES (33)')
    await root.query("CALL DOLT_COMMIT('-Am', 'another program moves the schema')")
    const double = await bdOnPath()
    const { work } = await open(folder)
    expect(await work.manifest()).toMatchObject({ adaptor: 'beads-sql', readOnly: true, schemaVersion: 33 })
    expect(await double.runs()).toEqual([])
  })
})

describe('a folder that bd keeps in files', () => {
  it('is read now and then only while a console is open', async () => {
    const double = await bdOnPath()
    const pass = steppedClock()
    let isOpen = false
    const { work } = await open(double.root, { watched: () => isOpen })
    const cursor = await work.cursor()
    await writeFile(join(double.root, 'title'), 'second')
    pass(11_000)
    expect(await work.changes(cursor)).toBe(null)
    isOpen = true
    await expect.poll(async () => (await work.changes(cursor))?.beads, { timeout: 30_000 }).toEqual(['gm-1'])
  })
})
