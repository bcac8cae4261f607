import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takesBrotli } from './compression.ts'
import { origin, testApi, type TestApi, token } from './testing/test-api.ts'

const host = new URL(origin).host
let api: TestApi
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemba-console-'))
  await writeFile(join(folder, 'main.js'), 'export {}\n'.repeat(500))
  api = await testApi({ webFolder: folder })
  for (let number = 0; number < 100; number++) api.work.put(`gm-${number}`, { title: `Bead ${number}` })
  await api.board.refresh()
})
afterEach(async () => {
  await api.app.close()
  await rm(folder, { recursive: true })
})

const get = (url: string, encoding: string) => api.call({ url, headers: { 'accept-encoding': encoding } })

describe('an answer', () => {
  it.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
  ] as const)('is sent as %s to who takes %s', async (encoding, accepted, decompress) => {
    const [plain, packed] = [await get('/api/v1/beads', 'identity'), await get('/api/v1/beads', accepted)]
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, encoding])
    expect(packed.headers['vary']).toContain('accept-encoding')
    expect(JSON.parse(decompress(packed.rawPayload).toString())).toEqual(plain.json())
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 5)
  })

  it('keeps its version', async () => {
    api.work.put('gm-1', { description: 'long '.repeat(1_000) })
    const [plain, packed] = [await get('/api/v1/beads/gm-1', 'identity'), await get('/api/v1/beads/gm-1', 'br')]
    expect(packed.headers['content-encoding']).toBe('br')
    expect(packed.headers['etag']).toBe(plain.headers['etag'])
    const headers = { 'accept-encoding': 'br', 'if-none-match': String(plain.headers['etag']) }
    const known = await api.call({ url: '/api/v1/beads/gm-1', headers })
    expect([known.statusCode, known.payload]).toEqual([304, ''])
  })

  it('is not worth it when it is short', async () => {
    expect((await get('/api/v1/parked', 'br')).headers['content-encoding']).toBeUndefined()
  })

  it('to a change is never compressed: its length would tell of what it holds beside what was sent', async () => {
    const body = { title: 'x', description: 'long '.repeat(1_000) }
    const nonce = await api.nonce('POST', '/api/v1/beads', body)
    const headers = { 'x-gemba-confirm': nonce, 'accept-encoding': 'br' }
    const answer = await api.call({ method: 'POST', url: '/api/v1/beads', payload: body, headers })
    expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([201, undefined])
  })

  it('that is a file of the console is compressed too', async () => {
    const answer = await api.app.inject({ url: '/main.js', headers: { host, 'accept-encoding': 'br' } })
    expect(answer.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe('export {}\n'.repeat(500))
    const head = await api.app.inject({ method: 'HEAD', url: '/main.js', headers: { host, 'accept-encoding': 'br' } })
    expect([head.statusCode, head.payload]).toEqual([200, ''])
  })
})

it('events come as they are, each at once', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as AddressInfo
  const headers = { host, authorization: `Bearer ${token}`, 'accept-encoding': 'gzip, br' }
  const sent = request({ host: '127.0.0.1', port, path: '/api/v1/events', headers })
  const response = await new Promise<IncomingMessage>((resolve) => sent.once('response', resolve).end())
  expect(response.headers['content-encoding']).toBeUndefined()
  const [first] = (await response[Symbol.asyncIterator]()
    .next()
    .then(({ value }) => [String(value)])) as [string]
  expect(first).toContain('retry: 1000')
  sent.destroy()
})

it('a compressed request is refused, not unpacked', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const payload = gzipSync(JSON.stringify({ method: 'POST', path: '/api/v1/beads' }))
  const answer = await api.call({ method: 'POST', url: '/api/v1/nonces', headers, payload })
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'bad_request'])
})

it('knows from a header whether Brotli is taken', () => {
  for (const taken of ['br', 'gzip, br', 'gzip;q=0.5,br;q=0.1', ' br ;q=1.0']) expect(takesBrotli(taken)).toBe(true)
  for (const not of [undefined, '', 'gzip', 'br;q=0', 'gzip, br;q=0.000', 'brotli'])
    expect(takesBrotli(not)).toBe(false)
})
