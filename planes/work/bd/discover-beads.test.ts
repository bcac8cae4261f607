import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../runtime/exec.ts'
import { discoverBeads, requireBeads, sqlLoginOf } from './discover-beads.ts'
import { requireReadOnlyBeneath } from './read-only-beneath.ts'

let root: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'gemba-discover-')))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function make(folder: string, metadata: object = {}): Promise<string> {
  const beads = join(root, folder, '.beads')
  await mkdir(beads, { recursive: true })
  await writeFile(join(beads, 'metadata.json'), JSON.stringify(metadata))
  return beads
}

async function put(path: string, text = ''): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text)
}

const found = async (folder: string) => (await discoverBeads(join(root, folder)))?.beads

describe('the Beads database of a folder', () => {
  it('is in it, is it, or is above it, up to the root of the repository', async () => {
    const beads = await make('project', { dolt_mode: 'embedded', dolt_database: 'gm' })
    await mkdir(join(root, 'project', 'src', 'deep'), { recursive: true })
    for (const folder of ['project', 'project/.beads', 'project/src/deep']) expect(await found(folder)).toBe(beads)
    await mkdir(join(root, 'project', 'other', '.git'), { recursive: true })
    expect(await found('project/other')).toBe(undefined)
    expect(await found('nowhere')).toBe(undefined)
    await expect(requireBeads(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'beads_missing' })
  })

  it('is where a `redirect` leads, from the folder of the project', async () => {
    const beads = await make('main')
    await put('worktree/.beads/redirect', '# shared\n../main/.beads\n')
    expect(await found('worktree')).toBe(beads)
  })

  it('of a worktree is that of its repository, unless it has files of its own', async () => {
    const shared = await make('main')
    const own = await make('tree', { dolt_mode: 'embedded' })
    await put('tree/.git', `gitdir: ${join(root, 'main/.git/worktrees/tree')}\n`)
    await put('main/.git/worktrees/tree/commondir', '../..\n')
    expect(await found('tree')).toBe(shared)
    await mkdir(join(own, 'embeddeddolt'))
    expect(await found('tree')).toBe(own)
  })

  it('is read by SQL when a server keeps it that the folder names', async () => {
    const server = { dolt_server_host: '127.0.0.1', dolt_server_port: 3307, dolt_server_user: 'me', dolt_database: 'd' }
    const beads = await make('served', { dolt_mode: 'server', ...server })
    const folder = await requireBeads(join(root, 'served'))
    const login = { host: '127.0.0.1', port: 3307, user: 'me', database: 'd' }
    expect(sqlLoginOf(folder, {})).toEqual(login)
    expect(sqlLoginOf(folder, { BEADS_DOLT_PASSWORD: 'p' })).toEqual({ ...login, password: 'p' })
    await writeFile(join(beads, 'dolt-server.port'), '4000\n')
    expect(sqlLoginOf(await requireBeads(join(root, 'served')), {})).toMatchObject({ port: 4000 })
    await make('files', { dolt_mode: 'embedded', ...server })
    expect(sqlLoginOf(await requireBeads(join(root, 'files')), {})).toBe(undefined)
  })

  it('can be made read-only beneath in files, not on a server', async () => {
    await make('files')
    await make('served', { dolt_mode: 'server', dolt_server_host: 'db', dolt_server_port: 3307 })
    requireReadOnlyBeneath(await requireBeads(join(root, 'files')))
    const served = await requireBeads(join(root, 'served'))
    expect(() => requireReadOnlyBeneath(served)).toThrow('db:3307')
  })

  it('takes a broken `metadata.json` for one in files', async () => {
    await put('broken/.beads/metadata.json', '{"dolt_mode":')
    expect(await discoverBeads(join(root, 'broken'))).toMatchObject({
      mode: 'embedded',
      database: 'beads',
      server: null,
    })
  })

  it.each([
    ['a pipe', (path: string) => run('mkfifo', ['--', path])],
    ['a device without an end', (path: string) => symlink('/dev/zero', path)],
    ['a huge file', (path: string) => writeFile(path, '').then(() => truncate(path, 8 * 2 ** 30))],
  ])('is none when its `metadata.json` is %s, and waits for nothing', async (_, put) => {
    const beads = await make('odd')
    await rm(join(beads, 'metadata.json'))
    await put(join(beads, 'metadata.json'))
    await expect(found('odd')).rejects.toMatchObject({ code: 'source_invalid' })
  })

  it('is told in spite of pipes in the place of what could say more', async () => {
    const beads = await make('piped', { dolt_mode: 'server', dolt_server_host: 'db', dolt_server_port: 3307 })
    const pipes = [join(beads, 'redirect'), join(beads, 'dolt-server.port'), join(root, 'piped', '.git')]
    await run('mkfifo', ['--', ...pipes])
    expect((await requireBeads(join(root, 'piped'))).server).toMatchObject({ host: 'db', port: 3307 })
  })
})
