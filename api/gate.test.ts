import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openapiDocument } from './openapi.ts'
import { hostToken, origin, testApi, type TestApi, token } from './testing/test-api.ts'

const host = new URL(origin).host
const bearer = { authorization: `Bearer ${token}` }
const paths = (await openapiDocument())['paths'] as Record<string, Record<string, unknown>>
const all = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({
    path,
    method: method.toUpperCase() as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: path.replaceAll(/\{\w+\}/g, 'x'),
  })),
)
const forPersons = all.filter(({ path }) => !['/healthz', '/api/v1/login', '/api/v1/hosts/{id}/stream'].includes(path))
/** They take nothing into effect: what an import would do is judged, and carried out by a request of its own. */
const unconfirmed = ['/api/v1/nonces', '/api/v1/logout', '/api/v1/tickets', '/api/v1/beads-import']
const changes = forPersons.filter(({ method, path }) => method !== 'GET' && !unconfirmed.includes(path))

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

const send = async (options: InjectOptions) => {
  const response = await api.app.inject(options)
  return [response.statusCode, response.json<{ code?: string }>().code]
}

describe('the gate', () => {
  it('knows every address', () => {
    expect(all.length).toBeGreaterThan(25)
    expect(changes.length).toBeGreaterThan(11)
  })

  it.each(all)('refuses $method $path under another host name', async ({ method, url }) => {
    expect(await send({ method, url, headers: { ...bearer, host: 'evil.example' } })).toEqual([403, 'host_refused'])
  })

  it.each(all)('refuses $method $path from another origin', async ({ method, url }) => {
    const headers = { ...bearer, host, origin: 'https://evil.example' }
    expect(await send({ method, url, headers })).toEqual([403, 'origin_refused'])
    expect(await send({ method, url, headers: { ...headers, origin: 'null' } })).toEqual([403, 'origin_refused'])
  })

  it.each(forPersons)('refuses $method $path without the token', async ({ method, url }) => {
    expect(await send({ method, url, headers: { host, origin } })).toEqual([401, 'not_signed_in'])
    const wrong = { host, authorization: `Bearer ${hostToken}` }
    expect(await send({ method, url, headers: wrong })).toEqual([401, 'not_signed_in'])
  })

  it.each(changes)('refuses $method $path without a nonce', async ({ method, url }) => {
    expect(await send({ method, url, headers: { ...bearer, host } })).toEqual([428, 'nonce_required'])
  })

  it('asks the host stream for the host token and takes nothing from a browser', async () => {
    const url = '/api/v1/hosts/x/stream'
    const own = { host, authorization: `Bearer ${hostToken}` }
    expect(await send({ url, headers: { host } })).toEqual([401, 'not_signed_in'])
    expect(await send({ url, headers: { host, ...bearer } })).toEqual([401, 'not_signed_in'])
    expect(await send({ url, headers: { ...own, origin } })).toEqual([403, 'origin_refused'])
    expect(await send({ url, headers: { ...own, cookie: 'a=b' } })).toEqual([403, 'origin_refused'])
    expect(await send({ url, headers: own })).toEqual([400, 'bad_request'])
  })

  it.each(['/%61pi/v1/beads', '/api%2Fv1/beads', '/%61pi/v1/login', '/%61pi/nothing', '/api/nothing', '/API/v1/beads'])(
    'is not fooled by the spelling of %s',
    async (url) => {
      const headers = { ...bearer, host }
      for (const site of ['cross-site', 'same-site']) {
        const method = url.endsWith('login') ? 'POST' : 'GET'
        const answer = await send({ method, url, headers: { ...headers, origin, 'sec-fetch-site': site } })
        expect(answer).toEqual([403, 'origin_refused'])
      }
      const answer = await api.app.inject({ url, headers: { ...headers, accept: 'text/html' } })
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['content-type']).toMatch(/json/)
    },
  )

  it('asks for the token whatever the spelling', async () => {
    expect(await send({ url: '/%61pi/v1/beads', headers: { host } })).toEqual([401, 'not_signed_in'])
  })

  it('does not answer the preflight of another site', async () => {
    const headers = { host, origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const response = await api.app.inject({ method: 'OPTIONS', url: '/api/v1/beads', headers })
    expect(response.statusCode).toBe(403)
    expect(response.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('refuses what a browser says comes from another site, another port included', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { ...bearer, host, 'sec-fetch-site': site }
      expect(await send({ url: '/api/v1/beads', headers })).toEqual([403, 'origin_refused'])
    }
  })

  it('sends strict headers', async () => {
    const { headers } = await api.call({ url: '/api/v1/beads' })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("connect-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })
})

const login = (on: TestApi, given = token, headers: Record<string, string> = { origin }) =>
  on.app.inject({ method: 'POST', url: '/api/v1/login', headers: { host, ...headers }, payload: { token: given } })

describe('sign-in', () => {
  const read = (headers: Record<string, string>, on = api) =>
    on.app.inject({ url: '/api/v1/beads', headers: { host, ...headers } })

  it('turns the token into a cookie that names the port, and a secret; neither tells the token', async () => {
    const response = await login(api)
    const cookie = String(response.headers['set-cookie'])
    expect(response.statusCode).toBe(200)
    expect(cookie).toMatch(/^gemba-session-7666=/)
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    expect(cookie + response.payload).not.toContain(token)
    expect(cookie).not.toContain(response.json<{ secret: string }>().secret)
  })

  it('keeps a cookie of HTTPS to HTTPS', async () => {
    const secure = await testApi({ origins: [origin, 'https://gemba.example'] })
    const from = (at: string) => {
      const headers = { host: new URL(at).host, origin: at }
      return secure.app.inject({ method: 'POST', url: '/api/v1/login', headers, payload: { token } })
    }
    expect(String((await from('https://gemba.example')).headers['set-cookie'])).toContain('Secure')
    expect(String((await from(origin)).headers['set-cookie'])).not.toContain('Secure')
    await secure.app.close()
  })

  it('takes no cookie without its secret, since every local server is sent the cookie', async () => {
    const one = await api.browser()
    const other = await api.browser()
    for (const headers of [one, other]) {
      expect((await read(headers)).statusCode).toBe(200)
    }
    const lacking: Record<string, string>[] = [
      { cookie: other.cookie },
      { cookie: other.cookie, 'x-gemba-browser': '' },
      { cookie: other.cookie, 'x-gemba-browser': one['x-gemba-browser'] },
      { 'x-gemba-browser': other['x-gemba-browser'] },
    ]
    for (const headers of lacking) expect((await read(headers)).statusCode).toBe(401)
  })

  it('replaces the one that the browser had', async () => {
    const before = await api.browser()
    const other = await api.browser()
    await api.browser(before.cookie)
    expect((await read(before)).statusCode).toBe(401)
    expect((await read(other)).statusCode).toBe(200)
  })

  it.each(forPersons)('refuses $method $path with the cookie alone', async ({ method, url }) => {
    const { cookie } = await api.browser()
    expect(await send({ method, url, headers: { host, origin, cookie } })).toEqual([401, 'not_signed_in'])
  })

  it('outlives a restart with the same token, and ends with another', async () => {
    const browser = await api.browser()
    const again = await testApi({ store: api.store })
    expect((await read(browser, again)).statusCode).toBe(200)
    await again.app.close()
    const other = await testApi({ store: api.store, auth: { mode: 'token', token: 'another', hostToken } })
    expect((await read(browser, other)).statusCode).toBe(401)
    await other.app.close()
  })

  it('refuses a forged cookie', async () => {
    const browser = await api.browser()
    const { cookie } = browser
    for (const one of [cookie.slice(0, -2), cookie.replace('=', '=9'), 'gemba-session-7666=a.b.c']) {
      expect((await read({ ...browser, cookie: one })).statusCode).toBe(401)
    }
  })

  it('ends when it is signed out', async () => {
    const browser = await api.browser()
    const logout = (headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { host, ...headers } })
    const { origin: _, ...nowhere } = browser
    expect((await logout(nowhere)).json<{ code: string }>().code).toBe('origin_refused')
    expect((await read(browser)).statusCode).toBe(200)
    const answer = await logout(browser)
    expect([answer.statusCode, String(answer.headers['set-cookie'])]).toEqual([
      204,
      expect.stringMatching(/=;.*Max-Age=0|Expires=Thu, 01 Jan 1970/),
    ])
    expect((await read(browser)).statusCode).toBe(401)
    expect(await api.store.signIns()).toEqual([])
    expect(api.store.audits.map(({ subject, path }) => [subject, path])).toEqual([
      ['console:ada', '/api/v1/login'],
      ['console:ada', '/api/v1/logout'],
    ])
    expect((await logout({ ...bearer, origin })).statusCode).toBe(204)
    expect((await read(bearer)).statusCode).toBe(200)
  })

  it('refuses a wrong token, and a form on another site', async () => {
    expect((await login(api, 'wrong')).statusCode).toBe(401)
    expect((await login(api, token, {})).json<{ code: string }>().code).toBe('origin_refused')
  })

  it('makes who shows wrong tokens wait, and keeps nobody out who has the right one', async () => {
    const browser = await api.browser()
    const wrong = () => login(api, 'wrong')
    for (let tries = 0; tries < 5; tries++) {
      expect((await wrong()).statusCode).toBe(401)
      expect((await read({ authorization: 'Bearer wrong' })).statusCode).toBe(401)
    }
    for (const answer of [
      await wrong(),
      await read({ authorization: 'Bearer wrong' }),
      await read({ ...browser, 'x-gemba-browser': 'wrong' }),
      await api.app.inject({ url: '/api/v1/hosts/x/stream', headers: { host, authorization: 'Bearer wrong' } }),
    ]) {
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([429, 'too_many_tries'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    for (const headers of [browser, bearer]) expect((await read(headers)).statusCode).toBe(200)
    expect((await login(api)).statusCode).toBe(200)
  })

  it('leaves a trace of refused tokens, without their text, and not of more than the first of a minute', async () => {
    const { 'x-gemba-browser': _, ...browser } = await api.browser()
    await login(api, 'guess-1')
    await read({ authorization: 'Bearer guess-2' })
    await api.app.inject({ url: '/api/v1/events?ticket=guess-3', headers: { ...browser, host } })
    await api.app.inject({ url: '/api/v1/hosts/x/stream', headers: { host, authorization: 'Bearer guess-4' } })
    const refused = () => api.store.audits.filter(({ subject }) => subject.startsWith('refused:'))
    expect(refused()).toEqual(
      [
        { method: 'POST', path: '/api/v1/login' },
        { method: 'GET', path: '/api/v1/beads' },
        { method: 'GET', path: '/api/v1/events' },
        { method: 'GET', path: '/api/v1/hosts/x/stream' },
      ].map((row) => ({ ...row, subject: 'refused:127.0.0.1', status: 401, code: 'not_signed_in', nonce: null })),
    )
    for (let tries = 0; tries < 20; tries++) await read({ authorization: 'Bearer guess-5' })
    expect(refused().map(({ code }) => code)).toEqual([...Array<string>(10).fill('not_signed_in'), 'too_many_tries'])
    expect(JSON.stringify(api.store.audits)).not.toContain('guess')
    await read({})
    expect(refused()).toHaveLength(11)
  })

  it('lets a browser change things only from our own pages', async () => {
    const { origin: _, ...browser } = await api.browser()
    const payload = { method: 'POST', path: '/api/v1/beads', body: {} }
    const ask = (headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: '/api/v1/nonces', headers: { host, ...browser, ...headers }, payload })
    expect((await ask({})).json<{ code: string }>().code).toBe('origin_refused')
    expect((await ask({ origin })).statusCode).toBe(201)
    expect((await ask({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201)
  })

  it('needs no token in mode none, but still our own pages', async () => {
    const open = await testApi({ auth: { mode: 'none', hostToken } })
    const get = (headers: Record<string, string>) => open.app.inject({ url: '/api/v1/beads', headers })
    expect((await get({ host })).statusCode).toBe(200)
    expect((await get({ host: 'evil.example' })).statusCode).toBe(403)
    const post = (url: string, headers: Record<string, string>, payload: object) =>
      open.app.inject({ method: 'POST', url, headers: { host, ...headers }, payload })
    const asked = { method: 'POST', path: '/api/v1/beads', body: {} }
    expect((await post('/api/v1/nonces', {}, asked)).statusCode).toBe(403)
    expect((await post('/api/v1/nonces', { origin }, asked)).statusCode).toBe(201)
    expect((await post('/api/v1/tickets', { origin }, { path: '/api/v1/events' })).statusCode).toBe(201)
    expect((await post('/api/v1/login', { origin }, { token: 'any' })).json()).toEqual({ secret: '' })
    expect((await post('/api/v1/logout', { origin }, {})).statusCode).toBe(204)
    await open.app.close()
  })
})
