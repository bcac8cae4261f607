import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { beadDetail } from '../model/schema/bead.ts'
import { GembaError } from '../model/error.ts'
import { testApi, type TestApi } from './testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
  api.work.put('gm-1')
})
afterEach(() => api.app.close())

const path = '/api/v1/beads/gm-1'
const codeOf = (response: { json: <T>() => T }) => response.json<{ code?: string }>().code
const patch = (nonce: string, payload: object, url = path) =>
  api.call({ method: 'PATCH', url, headers: { 'x-gemba-confirm': nonce }, payload })

describe('a confirmed change', () => {
  it('takes effect once; a repeat hears the first answer', async () => {
    const body = { title: 'New', priority: 1 }
    const nonce = await api.nonce('PATCH', path, body)
    const first = await patch(nonce, body)
    const again = await patch(nonce, { priority: 1, title: 'New' })
    expect(first.statusCode).toBe(200)
    expect(again.json()).toEqual(first.json())
    expect(again.headers['etag']).toBe(first.headers['etag'])
    expect(api.work.writes).toBe(1)
  })

  it('whose answer was too long to keep is answered with the bead as it is now', async () => {
    const detail = await api.work.get('gm-1')
    api.work.put('gm-1', { ...detail, notes: 'n'.repeat(300 * 1024) })
    const body = { title: 'New' }
    const nonce = await api.nonce('PATCH', path, body)
    const first = await patch(nonce, body)
    const again = await patch(nonce, body)
    expect([first.statusCode, again.statusCode]).toEqual([200, 200])
    expect([...Compile(beadDetail).Errors(again.json())]).toEqual([])
    expect(again.json()).toEqual(first.json())
    expect(again.headers['etag']).toBe(first.headers['etag'])
    expect(api.work.writes).toBe(1)
  })

  it('takes effect once when two come at once', async () => {
    const body = { title: 'New' }
    const nonce = await api.nonce('PATCH', path, body)
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    api.work.before = async () => {
      reached.resolve()
      await gate.promise
    }
    const first = patch(nonce, body)
    await reached.promise
    expect(codeOf(await patch(nonce, body))).toBe('nonce_busy')
    gate.resolve()
    expect((await first).statusCode).toBe(200)
    expect((await patch(nonce, body)).statusCode).toBe(200)
    expect(api.work.writes).toBe(1)
  })

  it('is bound to its body, path and method', async () => {
    const nonce = await api.nonce('PATCH', path, { title: 'New' })
    expect(codeOf(await patch(nonce, { title: 'Other' }))).toBe('nonce_mismatch')
    expect(codeOf(await patch(nonce, { title: 'New' }, '/api/v1/beads/gm-2'))).toBe('nonce_mismatch')
    const headers = { 'x-gemba-confirm': nonce }
    expect(codeOf(await api.call({ method: 'DELETE', url: path, headers }))).toBe('nonce_mismatch')
    expect(api.work.writes).toBe(0)
  })

  it('is bound to its precondition', async () => {
    const body = { title: 'New' }
    const change = async (nonce: string, ifMatch?: string) =>
      codeOf(
        await api.call({
          method: 'PATCH',
          url: path,
          payload: body,
          headers: { 'x-gemba-confirm': nonce, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
        }),
      )
    const guarded = await api.nonce('PATCH', path, body, '"gm-1-0"')
    const free = await api.nonce('PATCH', path, body)
    for (const ifMatch of [undefined, '*', '"gm-1-1"', 'W/"gm-1-0"']) {
      expect([ifMatch, await change(guarded, ifMatch)]).toEqual([ifMatch, 'nonce_mismatch'])
    }
    expect(await change(free, '"gm-1-0"')).toBe('nonce_mismatch')
    expect(api.work.writes).toBe(0)
    expect(await change(guarded, '"gm-1-0"')).toBeUndefined()
    expect(await change(free, '*')).toBeUndefined()
    expect(api.work.writes).toBe(2)
  })

  it('refuses a nonce that was never issued or is no nonce', async () => {
    for (const nonce of ['never', '../x', 'a'.repeat(500), '']) {
      expect(codeOf(await patch(nonce, { title: 'New' }))).toBe('nonce_unknown')
    }
  })

  it('takes the same path whatever its encoding', async () => {
    const body = { title: 'New' }
    const nonce = await api.nonce('PATCH', '/api/v1/beads/%67m-1', body)
    expect((await patch(nonce, body)).statusCode).toBe(200)
  })

  it('takes no query', async () => {
    const nonce = await api.nonce('PATCH', path, { title: 'New' })
    expect(codeOf(await patch(nonce, { title: 'New' }, `${path}?force=true`))).toBe('bad_request')
  })

  it('keeps a refusal as the answer', async () => {
    api.work.failure = new GembaError('bead_invalid', { why: 'title is empty' })
    const nonce = await api.nonce('PATCH', path, { title: 'New' })
    const first = await patch(nonce, { title: 'New' })
    const again = await patch(nonce, { title: 'New' })
    expect([first.statusCode, codeOf(first)]).toEqual([422, 'bead_invalid'])
    expect([again.statusCode, codeOf(again)]).toEqual([422, 'bead_invalid'])
    expect(again.headers['content-type']).toContain('application/problem+json')
    expect(api.work.writes).toBe(0)
  })

  it('may be tried again after what may pass', async () => {
    for (const failure of [new GembaError('work_plane_unavailable', { why: 'down' }), new Error('secret')]) {
      api.work.failure = failure
      const nonce = await api.nonce('PATCH', path, { title: 'New' })
      expect((await patch(nonce, { title: 'New' })).statusCode).toBeGreaterThanOrEqual(500)
      expect((await patch(nonce, { title: 'New' })).statusCode).toBe(200)
    }
    expect(api.work.writes).toBe(2)
  })

  it('is audited, refused or not', async () => {
    const nonce = await api.nonce('PATCH', path, { title: 'New' })
    await patch(nonce, { title: 'Other' })
    await patch(nonce, { title: 'New' })
    await patch(nonce, { title: 'New' })
    expect(api.store.audits).toEqual([
      { subject: 'api:ada', method: 'PATCH', path, status: 403, code: 'nonce_mismatch', nonce },
      { subject: 'api:ada', method: 'PATCH', path, status: 200, code: null, nonce },
    ])
  })

  it('still answers when only its record fails', async () => {
    api.store.audit = () => Promise.reject(new Error('disk'))
    api.store.finishNonce = () => Promise.reject(new Error('disk'))
    expect((await api.change('PATCH', path, { title: 'New' })).statusCode).toBe(200)
  })

  it('needs a body that is not nested without end', async () => {
    const deep = JSON.parse('{"a":'.repeat(200) + '1' + '}'.repeat(200)) as object
    const payload = { method: 'PATCH', path, body: { metadata: deep } }
    expect(codeOf(await api.call({ method: 'POST', url: '/api/v1/nonces', payload }))).toBe('bad_request')
  })
})
