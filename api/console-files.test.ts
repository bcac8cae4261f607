import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { origin, testApi, type TestApi } from './testing/test-api.ts'

let api: TestApi
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemba-console-'))
  await mkdir(join(folder, 'web', 'assets'), { recursive: true })
  await writeFile(join(folder, 'web', 'index.html'), '<title>Gemba</title>')
  await writeFile(join(folder, 'web', 'assets', 'main-abc123.js'), 'export {}')
  await writeFile(join(folder, 'web', '.secret'), 'hidden')
  await writeFile(join(folder, 'outside'), 'outside')
  api = await testApi({ webFolder: join(folder, 'web') })
})
afterAll(async () => {
  await api.app.close()
  await rm(folder, { recursive: true })
})

const get = (url: string, accept = 'text/html') =>
  api.app.inject({ url, headers: { host: new URL(origin).host, accept } })

describe('the console', () => {
  it('is served without a token', async () => {
    const page = await get('/')
    expect([page.statusCode, page.body]).toEqual([200, '<title>Gemba</title>'])
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })

  it('keeps hashed assets for good', async () => {
    const asset = await get('/assets/main-abc123.js', '*/*')
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it('answers its own pages with the one page, and nothing else', async () => {
    const page = await get('/sessions/s1')
    expect([page.statusCode, page.body, page.headers['cache-control']]).toEqual([
      200,
      '<title>Gemba</title>',
      'no-cache',
    ])
    expect((await get('/assets/gone.js', '*/*')).statusCode).toBe(404)
    for (const path of ['/api/v1/nothing', '/%61pi/v1/nothing', '/api%2fv1/nothing']) {
      expect((await get(path)).json<{ code: string }>().code).toBe('not_found')
    }
  })

  it('gives away nothing else of the disk', async () => {
    for (const path of ['/.secret', '/../outside', '/%2e%2e/outside', '/..%2foutside', '/assets/..%5c..%5coutside']) {
      const answer = await get(path, '*/*')
      expect([path, answer.statusCode >= 400]).toEqual([path, true])
    }
  })

  it('is not served under another name', async () => {
    const answer = await api.app.inject({ url: '/', headers: { host: 'evil.example' } })
    expect(answer.statusCode).toBe(403)
  })
})

describe('the health', () => {
  it('is told without a token, and honestly', async () => {
    expect((await get('/healthz')).json()).toEqual({ ok: true, parts: { store: { ok: true, why: '' } } })
    const ill = await testApi({ health: () => ({ temporal: { ok: false, why: 'down' } }) })
    const answer = await ill.app.inject({ url: '/healthz', headers: { host: new URL(origin).host } })
    expect([answer.statusCode, answer.json<{ ok: boolean }>().ok]).toEqual([503, false])
    await ill.app.close()
  })
})
