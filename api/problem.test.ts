import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GembaError, catalogue, isErrorCode } from '../model/error.ts'
import { problemOf } from './problem.ts'
import { testApi, type TestApi } from './testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

describe('a problem', () => {
  it.each(Object.keys(catalogue).filter(isErrorCode))('says %s with its status, words and what to do', (code) => {
    const problem = problemOf(new GembaError(code, { bead: 'gm-1' }), 'r1')
    expect(problem).toMatchObject({ code, status: catalogue[code].status, type: `urn:gemba:error:${code}` })
    expect(problem.detail).not.toBe('')
    expect(problem.mend).not.toBe('')
  })

  it('tells nothing of an unknown failure', async () => {
    api.work.failure = new Error('password=hunter2')
    const response = await api.change('POST', '/api/v1/beads', { title: 'New' })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ code: 'internal', title: 'Internal' })
    expect(response.body).not.toContain('hunter2')
    expect(response.headers['content-type']).toContain('application/problem+json')
  })

  const bad = async (payload: string | object, headers: Record<string, string> = {}) => {
    const nonce = await api.nonce('POST', '/api/v1/beads', {})
    const response = await api.call({
      method: 'POST',
      url: '/api/v1/beads',
      headers: { 'x-gemba-confirm': nonce, 'content-type': 'application/json', ...headers },
      payload,
    })
    const { code, detail } = response.json<{ code: string; detail: string }>()
    return { status: response.statusCode, code, detail }
  }

  it('names the field that is wrong', async () => {
    expect((await bad({})).detail).toContain("required property 'title'")
    expect((await bad({ title: 'a', labels: [1] })).detail).toContain('body.labels.0 must be string')
    expect(await bad({ title: 'a', colour: 'red' })).toMatchObject({ status: 400, code: 'bad_request' })
    expect((await bad({ title: 'a', colour: 'red' })).detail).toContain('body.colour is not a known field')
  })

  it('does not turn one type into another', async () => {
    expect((await bad({ title: 'a', priority: '1' })).detail).toContain('body.priority must be integer')
    expect((await bad({ title: 5 })).code).toBe('bad_request')
  })

  it('refuses what would poison objects', async () => {
    expect((await bad('{"title":"a","__proto__":{"x":1}}')).code).toBe('bad_request')
    expect((await bad('{"title":"a","metadata":{"constructor":{"prototype":{"x":1}}}}')).code).toBe('bad_request')
  })

  it('refuses broken JSON, other media types and no body', async () => {
    expect((await bad('{"title":')).code).toBe('bad_request')
    expect((await bad('title=a', { 'content-type': 'text/plain' })).detail).toContain('application/json')
    expect((await bad('title=a', { 'content-type': 'application/x-www-form-urlencoded' })).code).toBe('bad_request')
    expect((await bad('')).code).toBe('bad_request')
  })

  it('refuses five megabytes', async () => {
    const answer = await bad({ title: 'a', description: 'x'.repeat(5_000_000) })
    expect(answer).toMatchObject({ status: 413, code: 'too_large' })
  })

  it('says where there is nothing, and that a query is wrong', async () => {
    const nowhere = await api.call({ url: '/api/v1/nothing' })
    expect([nowhere.statusCode, nowhere.json<{ code: string }>().code]).toEqual([404, 'not_found'])
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'colour=red', 'state=open', 'cursor=x']) {
      const response = await api.call({ url: `/api/v1/beads?${query}` })
      expect([query, response.json<{ code: string }>().code]).toEqual([query, 'bad_request'])
    }
    expect((await api.call({ url: `/api/v1/beads/${'x'.repeat(3000)}` })).statusCode).toBeGreaterThanOrEqual(400)
    expect((await api.call({ url: '/api/v1/beads/%zz' })).json<{ code: string }>().code).toBe('bad_request')
  })
})
