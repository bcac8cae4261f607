import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openapiDocument } from './openapi.ts'
import { hostToken, origin, testApi, token } from './testing.ts'
import type { TestApi } from './testing.ts'

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
const changes = forPersons.filter(({ method, path }) => method !== 'GET' && path !== '/api/v1/nonces')

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

  it('is not fooled by an encoded path', async () => {
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

describe('sign-in', () => {
  const login = (given: string, headers: Record<string, string> = { origin }) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      headers: { host, ...headers },
      payload: { token: given },
    })

  it('turns the token into a cookie that does not tell it and names the port', async () => {
    const response = await login(token)
    const cookie = String(response.headers['set-cookie'])
    expect(response.statusCode).toBe(204)
    expect(cookie).toMatch(/^gemba-session-7666=/)
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    expect(cookie).not.toContain(token)
  })

  it('keeps the cookie good over a restart with the same token, and ends it with another', async () => {
    const cookie = String((await login(token)).headers['set-cookie']).split(';', 1)[0] ?? ''
    const again = await testApi()
    const other = await testApi({ auth: { mode: 'token', token: 'another', hostToken } })
    const read = (one: TestApi) => one.app.inject({ url: '/api/v1/beads', headers: { host, cookie } })
    expect((await read(again)).statusCode).toBe(200)
    expect((await read(other)).statusCode).toBe(401)
    await Promise.all([again.app.close(), other.app.close()])
  })

  it('refuses a forged or aged cookie', async () => {
    const cookie = String((await login(token)).headers['set-cookie']).split(';', 1)[0] ?? ''
    const forged = [cookie.slice(0, -2), cookie.replace('=', '=9'), 'gemba-session-7666=a.b.c']
    for (const one of forged) {
      expect(await send({ url: '/api/v1/beads', headers: { host, cookie: one } })).toEqual([401, 'not_signed_in'])
    }
  })

  it('refuses a wrong token, and a form on another site', async () => {
    expect((await login('wrong')).statusCode).toBe(401)
    expect((await login(token, {})).json<{ code: string }>().code).toBe('origin_refused')
  })

  it('lets a cookie change things only from our own pages', async () => {
    const cookie = String((await login(token)).headers['set-cookie']).split(';', 1)[0] ?? ''
    const payload = { method: 'POST', path: '/api/v1/beads', body: {} }
    const ask = (headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: '/api/v1/nonces', headers: { host, cookie, ...headers }, payload })
    expect((await ask({})).json<{ code: string }>().code).toBe('origin_refused')
    expect((await ask({ origin })).statusCode).toBe(201)
    expect((await ask({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201)
  })

  it('needs no token in mode none, but still our own pages', async () => {
    const open = await testApi({ auth: { mode: 'none', hostToken } })
    const get = (headers: Record<string, string>) => open.app.inject({ url: '/api/v1/beads', headers })
    expect((await get({ host })).statusCode).toBe(200)
    expect((await get({ host: 'evil.example' })).statusCode).toBe(403)
    const payload = { method: 'POST', path: '/api/v1/beads', body: {} }
    const ask = (headers: Record<string, string>) =>
      open.app.inject({ method: 'POST', url: '/api/v1/nonces', headers: { host, ...headers }, payload })
    expect((await ask({})).statusCode).toBe(403)
    expect((await ask({ origin })).statusCode).toBe(201)
    await open.app.close()
  })
})
