import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostToken, origin, testApi, type TestApi, type TestBrowser, token } from './testing/test-api.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const inline = '{ start("/temporal") }'
const startPage = `<!doctype html><head></head><body><script>${inline}</script><script src="/temporal/_app/a.js"></script>`

/** Stands in for Temporal's web pages: it notes what it is asked, and tells everybody's cookies about it. */
class TemporalPagesDouble {
  readonly seen: Seen[] = []
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        this.seen.push({ method, url, headers, body: Buffer.concat(parts).toString() })
        response.setHeader('set-cookie', '_csrf=abc; Path=/')
        response.setHeader('access-control-allow-origin', '*')
        if (url.startsWith('/temporal/api/'))
          return response.setHeader('content-type', 'application/json').end('{"a":1}')
        if (url.startsWith('/temporal/_app/')) return response.setHeader('content-type', 'text/javascript').end('run()')
        response.setHeader('content-type', 'text/html').end(startPage)
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const host = new URL(origin).host
const bearer = { authorization: `Bearer ${token}` }
const html = { accept: 'text/html,*/*' }
let temporal: TemporalPagesDouble
let api: TestApi
let browser: Omit<TestBrowser, 'origin'>

beforeEach(async () => {
  temporal = new TemporalPagesDouble()
  api = await testApi({ temporalUi: { embedded: await temporal.listen() } })
  const { origin: _, ...rest } = await api.browser()
  browser = rest
})
afterEach(async () => {
  await api.app.close()
  await temporal.close()
})

const ask = (url: string, headers: Record<string, string> = {}, options: InjectOptions = {}) =>
  api.app.inject({ url, headers: { host, ...headers }, ...options })
const outcome = async (answer: ReturnType<typeof ask>) => {
  const { statusCode, payload } = await answer
  return [statusCode, (JSON.parse(payload) as { code?: string }).code]
}

describe("Temporal's pages", () => {
  it.each(['/temporal/', '/temporal/namespaces/gemba/workflows', '/temporal/_app/a.js', '/temporal/api/v1/settings'])(
    'show %s to nobody who has not signed in, whatever it calls itself',
    async (url) => {
      expect(await outcome(ask(url))).toEqual([401, 'not_signed_in'])
      expect(await outcome(ask(url, { authorization: `Bearer ${hostToken}` }))).toEqual([401, 'not_signed_in'])
      expect(await outcome(ask(url, { ...browser, host: 'evil.example' }))).toEqual([403, 'host_refused'])
      for (const site of ['cross-site', 'same-site']) {
        expect(await outcome(ask(url, { ...browser, 'sec-fetch-site': site }))).toEqual([403, 'origin_refused'])
      }
      expect(await outcome(ask(url, { ...browser, origin: 'http://127.0.0.1:9' }))).toEqual([403, 'origin_refused'])
      expect(temporal.seen).toEqual([])
    },
  )

  it('tell what Temporal knows to our own pages only: the cookie reaches every port of this machine', async () => {
    const { cookie } = browser
    for (const path of ['/temporal/api/v1/settings', '/temporal/%61pi/v1/settings']) {
      expect(await outcome(ask(path, { cookie }))).toEqual([401, 'not_signed_in'])
    }
    expect(temporal.seen).toEqual([])
  })

  it('lead who has not signed in to the sign-in of the console', async () => {
    const answer = await ask('/temporal/namespaces', html)
    expect([answer.statusCode, answer.headers['location']]).toEqual([302, '/'])
    expect((await ask('/temporal', { cookie: browser.cookie })).headers['location']).toBe('/temporal/')
  })

  it('come under a policy of their own, in which only what Temporal wrote itself runs', async () => {
    const answer = await ask('/temporal/namespaces/gemba', { cookie: browser.cookie, ...html })
    const policy = String(answer.headers['content-security-policy'])
    const hash = createHash('sha256').update(inline).digest('base64')
    expect(answer.payload).toMatch(/^<!doctype html><head><script src="\/temporal-sign-in\.js"><\/script>/)
    expect(answer.payload).toContain(inline)
    expect(policy).toContain(`script-src ${origin}/temporal-sign-in.js ${origin}/temporal/_app/ 'sha256-${hash}';`)
    expect(policy).toContain(`connect-src ${origin}/temporal/;`)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(temporal.seen.map((seen) => seen.url)).toEqual(['/temporal/'])
    const asset = await ask('/temporal/_app/a.js', { cookie: browser.cookie })
    expect([asset.statusCode, asset.payload]).toEqual([200, 'run()'])
    expect(asset.headers['content-security-policy']).toContain("script-src 'self'")
  })

  it('never loosen the policy of others', async () => {
    const answer = await api.call({ url: '/api/v1/beads' })
    expect(answer.headers['content-security-policy']).not.toContain('temporal')
  })

  it('tell Temporal neither cookie nor token, and pass on no cookie of it', async () => {
    const answer = await ask('/temporal/api/v1/settings?x=1', {
      ...browser,
      cookie: `${browser.cookie}; other=1`,
      'caller-type': 'operator',
      referer: `${origin}/temporal/`,
      'x-forwarded-for': '1.2.3.4',
    })
    expect(answer.json()).toEqual({ a: 1 })
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers['cache-control']).toBe('no-store')
    await ask('/temporal/_app/a.js', { ...bearer, ...browser })
    expect(temporal.seen.map((seen) => seen.url)).toEqual(['/temporal/api/v1/settings?x=1', '/temporal/_app/a.js'])
    expect(temporal.seen[0]?.headers['caller-type']).toBe('operator')
    const told = temporal.seen.flatMap((seen) => Object.keys(seen.headers))
    for (const name of ['x-gemba-browser', 'authorization', 'referer', 'x-forwarded-for', 'origin'])
      expect(told).not.toContain(name)
    for (const { headers } of temporal.seen) expect(headers.cookie ?? '').not.toContain('session')
  })

  it('change something only from our own pages, and are audited', async () => {
    const path = '/temporal/api/v1/namespaces/gemba/workflows/w/terminate'
    const end = (headers: Record<string, string>) =>
      ask(path, { ...browser, 'content-type': 'text/plain', ...headers }, { method: 'POST', payload: '{"reason":"x"}' })
    expect(await outcome(end({}))).toEqual([403, 'origin_refused'])
    expect((await end({ origin })).statusCode).toBe(200)
    expect(temporal.seen).toMatchObject([{ method: 'POST', url: path, body: '{"reason":"x"}' }])
    const headers = temporal.seen[0]?.headers
    expect(headers?.cookie).toBe(`_csrf=${String(headers?.['x-csrf-token'])}`)
    const entry = { subject: 'console:ada', method: 'POST', path, status: 200, code: null, nonce: null }
    expect(api.store.audits.at(-1)).toEqual(entry)
  })

  it('take json as it is', async () => {
    const headers = { ...browser, origin, 'content-type': 'application/json' }
    await ask('/temporal/api/v1/x', headers, { method: 'POST', payload: '{ "a": [1] }' })
    expect(temporal.seen[0]?.body).toBe('{ "a": [1] }')
  })

  it('are asked for by no other path than their own', async () => {
    for (const path of [
      '/temporal/..%2fapi/v1/settings',
      '/temporal/_app/..%2fapi/v1/settings',
      '/temporal/api%2Fv1/x',
    ])
      await ask(path, browser)
    expect(temporal.seen.filter((seen) => seen.url.includes('/api'))).toEqual([])
  })

  it('say so when Temporal is away', async () => {
    await temporal.close()
    expect(await outcome(ask('/temporal/api/v1/settings', browser))).toEqual([503, 'temporal_unavailable'])
    expect(await outcome(ask('/temporal/', browser))).toEqual([503, 'temporal_unavailable'])
  })
})

describe('the link to them', () => {
  const link = async (temporalUi: TestApi['deps']['temporalUi']) => {
    const one = await testApi({ temporalUi })
    const { links } = (await one.call({ url: '/api/v1/capabilities' })).json<{ links: { temporalUi: string | null } }>()
    const answer = await one.app.inject({ url: '/temporal/', headers: { host, ...bearer } })
    await one.app.close()
    return [links.temporalUi, answer.statusCode]
  }

  it('is our own path, the configured address, or none', async () => {
    expect(await link({ embedded: 'http://127.0.0.1:1' })).toEqual(['/temporal/', 503])
    expect(await link({ elsewhere: 'https://temporal.example/' })).toEqual(['https://temporal.example/', 404])
    expect(await link(null)).toEqual([null, 404])
  })
})
