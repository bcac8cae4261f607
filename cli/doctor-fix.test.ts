import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../runtime/exec.ts'
import { findProgram, findTool, pinned } from '../runtime/tools/locate.ts'
import type { Check } from './check.ts'
import { CommandLine } from './testing/command-line.ts'

/** Stands for the network alone: a mirror of the release API, and an `apt-get` whose packages are here already. */
let mirror: Server
let line: CommandLine
let assets: Map<string, Buffer>
let asked: string[]

beforeEach(async () => {
  line = new CommandLine()
  assets = new Map()
  asked = []
  mirror = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push(url)
    const file = assets.get(url.split('/').at(-1) ?? '')
    if (file !== undefined) return void response.end(file)
    const listed = [...assets].map(([name, content]) => ({
      name,
      size: content.length,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      browser_download_url: `${address()}/files/${name}`,
    }))
    response.end(JSON.stringify({ assets: listed }))
  })
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  mirror.closeAllConnections()
  mirror.close()
  line.release()
})

function address(): string {
  return `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`
}

function script(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
}

/** An archive as the project releases it, with a program that says its version. */
async function release(asset: string, member: string, says: string): Promise<void> {
  const folder = join(line.folder, 'releases', asset)
  script(join(folder, member), `echo ${says}`)
  const [top = ''] = member.split('/')
  await run('tar', ['-czf', `${folder}.tar.gz`, '-C', folder, top])
  assets.set(asset, readFileSync(`${folder}.tar.gz`))
}

/** A Debian package with this machine's own tmux in it, and an `apt-get` that "downloads" it. */
async function debianTmux(bin: string): Promise<void> {
  const root = join(line.folder, 'deb')
  mkdirSync(join(root, 'usr/bin'), { recursive: true })
  mkdirSync(join(root, 'DEBIAN'))
  copyFileSync(realpathSync(findTool('tmux') ?? ''), join(root, 'usr/bin/tmux'))
  const control = ['Package: tmux', 'Version: 1', 'Architecture: all', 'Maintainer: a <a@b>', 'Description: tmux', '']
  writeFileSync(join(root, 'DEBIAN/control'), control.join('\n'))
  const deb = join(line.folder, 'tmux_1_all.deb')
  await run('dpkg-deb', ['--build', '--root-owner-group', root, deb])
  script(join(bin, 'apt-get'), `cp '${deb}' .`)
  script(join(bin, 'apt-cache'), 'exit 0')
}

const hasTmuxPackage = findProgram('dpkg-deb') !== undefined && findProgram('tmux') === '/usr/bin/tmux'

test.skipIf(!hasTmuxPackage)(
  'doctor --fix gets tmux, Temporal and Dolt into an empty cache, once',
  async () => {
    const bin = join(line.folder, 'bin')
    mkdirSync(bin)
    for (const name of ['sh', 'git', 'tar', 'gzip', 'cp', 'dpkg-deb', 'dpkg-query', 'rm']) {
      symlinkSync(findProgram(name) ?? name, join(bin, name))
    }
    await debianTmux(bin)
    const system = `${process.platform === 'darwin' ? 'darwin' : 'linux'}`
    const machine = process.arch === 'arm64' ? 'arm64' : 'amd64'
    const temporal = `temporal_cli_${pinned.temporal}_${system}_${machine}.tar.gz`
    await release(temporal, 'temporal', `temporal version ${pinned.temporal}`)
    const folder = `dolt-${system}-${machine}`
    await release(`${folder}.tar.gz`, `${folder}/bin/dolt`, `dolt version ${pinned.dolt}`)

    const cache = join(line.folder, 'cache')
    const named = { GEMBA_TMUX: '', GEMBA_TEMPORAL: '', GEMBA_DOLT: '', GEMBA_GIT: '' }
    const env = { ...named, PATH: bin, GEMBA_CACHE: cache, GEMBA_RELEASES: address() }
    const examine = async (...flags: string[]): Promise<Check[]> => {
      const { stdout } = await line.gemba(['doctor', '--json', ...flags], env)
      return (JSON.parse(stdout) as { checks: Check[] }).checks.filter(({ id }) => /^(tmux|temporal|dolt)$/.test(id))
    }
    expect((await examine()).map(({ status }) => status)).toEqual(['problem', 'problem', 'problem'])
    expect(asked).toEqual([])
    const mended = await examine('--fix')
    expect(mended.map(({ id, status }) => [id, status])).toEqual([
      ['tmux', 'ok'],
      ['temporal', 'ok'],
      ['dolt', 'ok'],
    ])
    for (const { detail } of mended) expect(detail).toContain(join(cache, 'tools'))
    expect(asked).toContain(`/repos/temporalio/cli/releases/tags/v${pinned.temporal}`)
    const sums = JSON.parse(readFileSync(join(cache, 'release-sums.json'), 'utf8')) as Record<string, string>
    const dolt = createHash('sha256')
      .update(assets.get(`${folder}.tar.gz`) ?? '')
      .digest('hex')
    expect(sums[`dolthub/dolt/v${pinned.dolt}/${folder}.tar.gz`]).toBe(dolt)

    const before = asked.length
    expect((await examine('--fix')).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
    expect(asked).toHaveLength(before)
  },
  120_000,
)

test('doctor --fix says why it could not get a program, beside what mends it', async () => {
  const bin = join(line.folder, 'bin')
  mkdirSync(bin)
  for (const name of ['sh', 'git', 'tar']) symlinkSync(findProgram(name) ?? name, join(bin, name))
  const named = { GEMBA_TMUX: '', GEMBA_TEMPORAL: '', GEMBA_DOLT: '', GEMBA_GIT: '' }
  const env = { ...named, PATH: bin, GEMBA_CACHE: join(line.folder, 'cache'), GEMBA_RELEASES: address() }
  const { code, stdout } = await line.gemba(['doctor', '--fix'], env)
  expect(code).toBe(6)
  expect(stdout).toMatch(/✗ problem dolt: not found \(.*has no dolt-.*build from source: it needs Go 1\.26/)
  expect(stdout).toMatch(/✗ problem tmux: not found \(/)
})
