import { appendFile, chmod, mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { answeringBd, doubleBd, type DoubleBd } from '../../../test/bd/double-bd.ts'
import { steppedClock } from '../../../test/bd/stepped-clock.ts'
import type { GembaError } from '../../../model/error.ts'
import type { WorkPlane } from '../../../model/work-plane.ts'
import { openBdFolder, type BdFolderOptions } from './open-bd-folder.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const

const releases: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

async function open(
  options: Partial<BdFolderOptions> = {},
  version?: string,
): Promise<{ plane: WorkPlane; double: DoubleBd }> {
  const double = await doubleBd(answeringBd(version))
  releases.push(() => double.release())
  await writeFile(join(double.root, 'title'), 'first')
  const { plane } = await openBdFolder({ folder: double.root, env: double.env, ...options })
  releases.push(() => plane.disconnect())
  return { plane, double }
}

async function exportsOf(double: DoubleBd): Promise<number> {
  return (await double.runs()).filter(([command]) => command === 'export').length
}

describe('a folder through bd', () => {
  it('is read once for everybody', async () => {
    const { plane, double } = await open({ slowMs: 3_600_000 })
    const cursor = await plane.cursor()
    const viewers = Array.from({ length: 20 }, async () => {
      expect(await plane.changes(cursor)).toBe(null)
      expect((await plane.list()).map((bead) => bead.title)).toEqual(['first'])
      expect(await plane.ready()).toEqual(['gm-1'])
    })
    await Promise.all(viewers)
    expect(await exportsOf(double)).toBe(1)
  })

  it.each(['last-touched', 'interactions.jsonl'])('is read again when %s moves', async (file) => {
    const { plane, double } = await open({ slowMs: 3_600_000 })
    const cursor = await plane.cursor()
    await writeFile(join(double.root, 'title'), 'second')
    expect(await plane.changes(cursor)).toBe(null)
    await writeFile(join(double.root, '.beads', file), 'gm-1')
    await utimes(join(double.root, '.beads', file), new Date(), new Date())
    await expect.poll(async () => (await plane.changes(cursor))?.beads, { timeout: 30_000 }).toEqual(['gm-1'])
    expect((await plane.summaries(['gm-1'])).map((bead) => bead.title)).toEqual(['second'])
  })

  it('is read when its files grow, not when they are touched', async () => {
    const pass = steppedClock()
    const { plane, double } = await open({ slowMs: 3_600_000 })
    const store = join(double.root, '.beads', 'embeddeddolt', 'gm', '.dolt', 'noms')
    await mkdir(store, { recursive: true })
    await writeFile(join(store, 'journal'), 'one')
    const cursor = await plane.cursor()
    await writeFile(join(double.root, 'title'), 'second')
    for (const file of [join(store, 'journal'), join(double.root, '.beads', 'last-touched')])
      await writeFile(file, 'two')
    pass(60_000)
    expect(await plane.changes(cursor)).toBe(null)
    expect(await exportsOf(double)).toBe(1)
    await appendFile(join(store, 'journal'), 'more')
    await expect.poll(async () => (await plane.changes(cursor))?.beads, { timeout: 30_000 }).toEqual(['gm-1'])
  })

  it('is read now and then only while somebody watches', async () => {
    const pass = steppedClock()
    let isWatched = false
    const { plane, double } = await open({ slowMs: 10_000, watched: () => isWatched })
    const cursor = await plane.cursor()
    await writeFile(join(double.root, 'title'), 'second')
    pass(11_000)
    expect(await plane.changes(cursor)).toBe(null)
    expect(await exportsOf(double)).toBe(1)
    isWatched = true
    await expect.poll(async () => (await plane.changes(cursor))?.beads, { timeout: 30_000 }).toEqual(['gm-1'])
  })

  it('is read when somebody asks for it, whatever the files tell', async () => {
    const { plane, double } = await open({ slowMs: 3_600_000 })
    const cursor = await plane.cursor()
    await writeFile(join(double.root, 'title'), 'second')
    expect(await plane.changes(cursor)).toBe(null)
    await plane.suspect?.()
    expect((await plane.changes(cursor))?.beads).toEqual(['gm-1'])
    expect(await exportsOf(double)).toBe(2)
  })

  it('says for a while what went wrong, instead of asking again and again', async () => {
    const { plane, double } = await open({ slowMs: 3_600_000 })
    await writeFile(join(double.root, 'broken'), '')
    for (let look = 0; look < 5; look += 1) await expect(plane.list()).rejects.toMatchObject({ code: 'bd_failed' })
    expect(await exportsOf(double)).toBe(1)
  })

  it('is only read when bd is of a version that was never tested', async () => {
    const { plane, double } = await open({}, '1.3.0')
    const manifest = await plane.manifest()
    expect(manifest).toMatchObject({
      readOnly: true,
      schemaVersion: 0,
      watch: 'slow',
      compareAndSet: false,
      concurrentChildren: false,
    })
    expect(manifest.readOnlyReason).toContain('bd is 1.3.0')
    await expect(plane.create({ title: 't' }, by)).rejects.toMatchObject({ code: 'read_only' })
    expect((await plane.list()).map((bead) => bead.id)).toEqual(['gm-1'])
    // It would bring the database to its own schema.
    for (const run of await double.runs()) expect(run[0] === 'version' || run.includes('--readonly')).toBe(true)
  })

  it('that a newer bd was the last to open is shown to no older one, which would wipe that trace out', async () => {
    const { double } = await open()
    const mark = join(double.root, '.beads', '.local_version')
    const before = (await double.runs()).length
    for (const last of ['1.0.10\n', '1.1.0', '2.0.0']) {
      await writeFile(mark, last)
      const opened = openBdFolder({ folder: double.root, env: double.env })
      await expect(opened).rejects.toMatchObject({
        code: 'work_plane_schema',
        params: { why: expect.stringContaining('the bd here is 1.0.3') },
      })
    }
    const runs = (await double.runs()).slice(before)
    expect(new Set(runs.map(([command]) => command))).toEqual(new Set(['version']))
    for (const last of ['1.0.3', '1.0.2\n', '', 'not a version']) {
      await writeFile(mark, last)
      const { plane } = await openBdFolder({ folder: double.root, env: double.env })
      releases.push(() => plane.disconnect())
      expect(await plane.manifest()).toMatchObject({ readOnly: false })
    }
  })

  it('can be written through the bd that is told to install where there is none', async () => {
    const { double } = await open()
    const nowhere = openBdFolder({ folder: double.root, env: { PATH: '/nowhere' } })
    const missing = await nowhere.then(
      () => expect.unreachable(),
      (error: unknown) => error as GembaError,
    )
    expect(missing.code).toBe('tool_missing')
    const [, version = ''] = /@beads\/bd@([\d.]+)`/.exec(missing.params['fix'] ?? '') ?? []
    const { plane } = await open({}, version)
    expect(await plane.manifest()).toMatchObject({ readOnly: false, display: expect.stringContaining(`bd ${version}`) })
  })

  it('has bd refuse writes too when it is opened for reading only', async () => {
    const { plane, double } = await open({ readOnly: true })
    await plane.list()
    for (const run of await double.runs()) expect(run).toContain('--readonly')
    await expect(plane.close('gm-1', { reason: '' }, by)).rejects.toMatchObject({ code: 'read_only' })
  })

  it('keeps its remote when bd refuses another, and gives bd no login', async () => {
    const { plane, double } = await open()
    const remotes = (url: string) => JSON.stringify([{ name: 'origin', sql_url: url, cli_url: url }])
    await writeFile(join(double.root, 'remotes'), remotes('http://127.0.0.1:1/kept'))
    for (const url of ['http://127.0.0.1:1/broken', 'https://ghp_hidden@127.0.0.1:1/a']) {
      await expect(plane.setRemote?.({ name: 'origin', url }, by)).rejects.toMatchObject({ code: 'remote_invalid' })
    }
    await writeFile(join(double.root, 'remotes'), remotes('https://ghp_hidden@127.0.0.1:1/kept'))
    const leaky = plane.setRemote?.({ name: 'origin', url: 'http://127.0.0.1:1/a' }, by)
    await expect(leaky).rejects.toMatchObject({ code: 'remote_invalid' })
    expect(await plane.remote?.()).toMatchObject({ display: 'https://…@127.0.0.1:1/kept' })
    const runs = (await double.runs()).map((run) => run.join(' '))
    expect(runs.filter((run) => run.includes('dolt remote remove'))).toEqual([])
    expect(runs.filter((run) => run.includes('hidden'))).toEqual([])
  })
})

describe.skipIf(process.getuid?.() === 0)('a folder that may be written later', () => {
  it('says so, and when it may not any more', async () => {
    const { plane, double } = await open()
    const beads = join(double.root, '.beads')
    await chmod(beads, 0o555)
    releases.push(() => chmod(beads, 0o755))
    expect(await plane.manifest()).toMatchObject({ readOnly: true })
    await expect(plane.create({ title: 't' }, by)).rejects.toMatchObject({ code: 'read_only' })
    await chmod(beads, 0o755)
    expect(await plane.manifest()).toMatchObject({ readOnly: false, readOnlyReason: null })
  })
})
