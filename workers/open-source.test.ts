import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { system } from '../model/actor.ts'
import type { SourceSelection } from '../model/mode.ts'
import { ManifestFile } from '../planes/manifest/manifest-file.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { answeringBd, doubleBd, type DoubleBd } from '../test/bd/double-bd.ts'
import { pointAtServer } from '../test/bd/point-at-server.ts'
import { steppedClock } from '../test/bd/stepped-clock.ts'
import { certificateOf } from '../test/certificate.ts'
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
    await pointAtServer(folder, { host, port, user, database }, { project_id: project ?? String(row?.['value']) })
    return folder
  }

  it('is read and written by SQL', async () => {
    const { work } = await open(await served('plain'))
    expect(await work.manifest()).toMatchObject({ adaptor: 'beads-sql', readOnly: false })
    expect(await work.create({ title: 'a bead' }, by)).toMatchObject({ title: 'a bead' })
  })

  it('is not opened read-only with `--restart`, since nothing beneath Gemba would refuse a write', async () => {
    const opening = open(await served('unforced'), { readOnly: true, restart: true })
    await expect(opening).rejects.toMatchObject({ code: 'read_only_unforced' })
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

describe('a worktree without a database', () => {
  /** Makes a database as bd does, as far as Gemba looks at it. */
  const initialising = `
case "$1" in
  init) mkdir -p "$PWD/.beads"; echo '{"dolt_mode":"embedded","dolt_database":"gm"}' > "$PWD/.beads/metadata.json"; exit;;
  config) [ "$2" = set ] && { echo '{"schema_version":1}'; exit; };;
esac`

  async function bdThatInitialises(): Promise<DoubleBd> {
    const double = await doubleBd(`${initialising}\n${answeringBd()}`)
    onTestFinished(() => double.release())
    await writeFile(join(double.root, 'title'), 'first')
    vi.stubEnv('GEMBA_BD', double.env['GEMBA_BD'])
    onTestFinished(() => void vi.unstubAllEnvs())
    return double
  }

  async function emptyFolder(name: string): Promise<string> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'gemba-empty-')))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    await mkdir(join(root, name))
    return join(root, name)
  }

  async function openWorktree(folder: string, more: Partial<SourceSelection> = {}, readOnly = false) {
    const ledger = new ManifestFile({ path: join(folder, '..', 'manifest.jsonl') })
    onTestFinished(() => ledger.close())
    const selection = { kind: 'worktree', folder, ...more } as SourceSelection
    const source = await openSource(selection, { ...access, readOnly }, ledger)
    onTestFinished(() => source.close())
    return source
  }

  it('is given one where the person asks for it, with the prefix that they name or that of the folder, and no project', async () => {
    const double = await bdThatInitialises()
    const folder = await emptyFolder('Shop 2.0')
    const { work } = await openWorktree(folder, { initialise: true })
    expect((await work.list()).map(({ title }) => title)).toEqual(['first'])
    const init = (await double.runs()).find(([first]) => first === 'init')
    expect(init?.filter((word) => word.startsWith('--prefix'))).toEqual(['--prefix=shop-2-0'])
    expect(init).toEqual(expect.arrayContaining(['--skip-agents', '--skip-hooks']))
    expect(await readdir(folder)).toEqual(['.beads'])

    await openWorktree(await emptyFolder('named'), { initialise: true, prefix: 'sh' })
    expect((await double.runs()).some((run) => run.includes('--prefix=sh'))).toBe(true)
  })

  it.each([
    ['unasked', {}, false],
    ['read-only', { initialise: true }, true],
  ] as const)('is given none %s', async (_, more, readOnly) => {
    const double = await bdThatInitialises()
    const folder = await emptyFolder('shop')
    await expect(openWorktree(folder, more, readOnly)).rejects.toMatchObject({ code: 'beads_missing' })
    expect([await readdir(folder), await double.runs()]).toEqual([[], []])
  })
})

describe('an address with ?tls=true', () => {
  const own = certificateOf('localhost')
  let server: DoltServer
  beforeAll(async () => {
    server = await startDoltServer(own)
  })
  afterAll(() => server.release())

  it('speaks TLS with the authority that it names, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gemba-tls-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const ca = join(folder, 'ca.pem')
    await writeFile(ca, own.certificate)
    const at = { host: 'localhost', port: server.port, user: server.user, database: 'sealed' }
    await createBeads({ ...at, prefix: 'gm', tls: { ca: own.certificate } })
    const openUrl = async (query: string): Promise<OpenSource> => {
      const ledger = new ManifestFile({ path: join(folder, 'manifest.jsonl') })
      onTestFinished(() => ledger.close())
      const url = `dolt://root@localhost:${server.port}/sealed${query}`
      const source = await openSource({ kind: 'url', url }, access, ledger)
      onTestFinished(() => source.close())
      return source
    }
    const { work } = await openUrl(`?tls=true&tls-ca=${encodeURIComponent(ca)}`)
    expect(await work.create({ title: 'sealed' }, by)).toMatchObject({ title: 'sealed' })
    await expect(openUrl('')).rejects.toMatchObject({ code: 'work_plane_unavailable' })
    await expect(openUrl('?tls=true')).rejects.toMatchObject({ code: 'work_plane_unavailable' })
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
