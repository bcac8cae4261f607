import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../exec.ts'
import { freePort } from '../free-port.ts'
import { silentReport } from '../testing/silent-report.ts'
import { downloadInstaller, releasesAddress } from './download.ts'
import { releaseSums } from './release-sums.ts'

const release = { tool: 'widget', project: 'o/w', tag: 'v1', asset: 'widget.tar.gz', member: 'widget-1/bin/widget' }
let folder: string
let server: Server
let archive: Buffer
let asset: Record<string, unknown>
let sent: Buffer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-download-'))
  mkdirSync(join(folder, 'in/widget-1/bin'), { recursive: true })
  mkdirSync(join(folder, 'out'))
  writeFileSync(join(folder, 'in/widget-1/bin/widget'), 'a program')
  await run('tar', ['-czf', join(folder, 'a.tar.gz'), '-C', join(folder, 'in'), 'widget-1'])
  archive = readFileSync(join(folder, 'a.tar.gz'))
  sent = archive
  server = createServer((request, response) => {
    if (request.url === '/file') response.end(sent)
    else if (request.url === '/repos/o/w/releases/tags/v1') response.end(JSON.stringify({ assets: [asset] }))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`
  asset = { name: release.asset, size: archive.length, digest, browser_download_url: `${address()}/file` }
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function install(api = address()): Promise<Record<string, string>> {
  const sums = releaseSums(join(folder, 'cache', 'sums.json'))
  return downloadInstaller(release, silentReport, api, sums).install(join(folder, 'out'), join(folder, 'widget'))
}

test('a release is fetched, checked, unpacked, and its origin told', async () => {
  const origin = await install()
  expect(readFileSync(join(folder, 'widget'), 'utf8')).toBe('a program')
  expect(origin).toMatchObject({ way: 'download', tag: 'v1', sha256: String(asset['digest']).slice(7) })
})

test('a changed byte is noticed', async () => {
  sent = Buffer.from(archive)
  sent[sent.length - 1] = (sent[sent.length - 1] ?? 0) ^ 1
  await expect(install()).rejects.toThrow(/SHA-256/)
})

test('a release that is another one than when it was first taken is refused, whatever it says of itself', async () => {
  const { sha256 = '' } = await install()
  await install()
  writeFileSync(join(folder, 'in/widget-1/bin/widget'), 'another program')
  await run('tar', ['-czf', join(folder, 'b.tar.gz'), '-C', join(folder, 'in'), 'widget-1'])
  sent = readFileSync(join(folder, 'b.tar.gz'))
  const digest = createHash('sha256').update(sent).digest('hex')
  asset = { ...asset, size: sent.length, digest: `sha256:${digest}` }
  await expect(install()).rejects.toThrow(`the release was changed: its SHA-256 is ${digest}, and was ${sha256}`)
  expect(readFileSync(join(folder, 'widget'), 'utf8')).toBe('a program')
  writeFileSync(join(folder, 'cache', 'sums.json'), 'torn')
  await expect(install()).rejects.toThrow('can not be read')
})

test.each([
  ['', 'https://api.github.com'],
  ['https://mirror.example/api/', 'https://mirror.example/api'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
  ['http://mirror.example', undefined],
  ['file:///tmp', undefined],
  ['mirror', undefined],
])('releases of %j are asked for at %s', (named, address) => {
  const asked = (): string => releasesAddress({ GEMBA_RELEASES: named })
  if (address === undefined) expect(asked).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  else expect(asked()).toBe(address)
})

test('too much and too little are noticed', async () => {
  sent = Buffer.concat([archive, Buffer.from('more')])
  await expect(install()).rejects.toThrow('larger than announced')
  sent = archive.subarray(0, 20)
  await expect(install()).rejects.toThrow(`ended after 20 of ${archive.length} bytes`)
})

test('a release without a digest, and one without the file, are refused', async () => {
  asset = { ...asset, digest: null }
  await expect(install()).rejects.toThrow('names no SHA-256')
  asset = { ...asset, name: 'other' }
  await expect(install()).rejects.toThrow('has no widget.tar.gz')
})

test('no network is a reason, not a crash', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`
  await expect(install(nobody)).rejects.toThrow(/^no answer from 127\.0\.0\.1/)
})
