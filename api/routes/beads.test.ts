import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import type { BeadDetail } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import { beadDetail, beadPage } from '../../model/schema/bead.ts'
import { sessionSnapshot } from '../testing/samples.ts'
import { testApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

interface Page {
  items: { id: string }[]
  cursor: string | null
  event: string
}
const list = async (query = '') => (await api.call({ url: `/api/v1/beads${query}` })).json<Page>()
const codeOf = (response: { json: <T>() => T }) => response.json<{ code?: string }>().code

describe('the list of beads', () => {
  beforeEach(async () => {
    for (let n = 0; n < 7; n++) {
      api.work.put(`gm-${n}`, { priority: n % 2, labels: n < 3 ? ['repo:main', 'x'] : ['x'], title: `Title ${n}` })
    }
    api.work.put('gm-done', { status: 'closed', type: 'bug', priority: 4 })
    await api.board.refresh()
  })

  it('is what its schema says', async () => {
    expect([...Compile(beadPage).Errors(await list())]).toEqual([])
  })

  it('comes in pages that stay right when beads move in between', async () => {
    const first = await list('?limit=3')
    expect(first.items.map(({ id }) => id)).toEqual(['gm-0', 'gm-2', 'gm-4'])
    api.work.put('gm-new', { priority: 0, createdAt: '2026-11-21T00:00:00.000Z' })
    await api.board.refresh()
    const second = await list(`?limit=3&cursor=${first.cursor}`)
    const third = await list(`?limit=3&cursor=${second.cursor}`)
    expect([...second.items, ...third.items].map(({ id }) => id)).toEqual(['gm-6', 'gm-1', 'gm-3', 'gm-5', 'gm-done'])
    expect(third.cursor).toBeNull()
  })

  it('is filtered', async () => {
    const ids = async (query: string) => (await list(query)).items.map(({ id }) => id)
    expect(await ids('?state=completed')).toEqual(['gm-done'])
    expect(await ids('?type=bug')).toEqual(['gm-done'])
    expect(await ids('?label=x&label=repo:main')).toEqual(['gm-0', 'gm-2', 'gm-1'])
    expect(await ids('?q=TITLE 3')).toEqual(['gm-3'])
    expect(await ids('?q=gm-do')).toEqual(['gm-done'])
  })

  it('says which event to follow on from', async () => {
    expect((await list()).event).toBe('e1.0')
  })
})

describe('what was done to a bead', () => {
  const read = (query = '') => api.call({ url: `/api/v1/beads/gm-1/history${query}` })

  it('is told as the work plane tells it, so much of it as is asked for', async () => {
    const items = [{ id: 'e1', at: '2026-11-20T10:00:00Z', actor: 'ada', kind: 'created', changes: [], text: '' }]
    const asked: unknown[] = []
    Object.assign(api.work, {
      history: async (...which: unknown[]) => {
        asked.push(which)
        return { items, more: true, recorded: true }
      },
    })
    expect((await read('?limit=7')).json()).toEqual({ items, more: true, recorded: true })
    await read()
    expect(asked).toEqual([
      ['gm-1', 7],
      ['gm-1', 100],
    ])
    expect(codeOf(await read('?limit=201'))).toBe('bad_request')
  })

  it('is nothing where the source does not know', async () => {
    expect((await read()).json()).toEqual({ items: [], more: false, recorded: false })
  })
})

describe('a bead', () => {
  it('is read with its version, and not again while that is the same', async () => {
    api.work.put('gm-1')
    const first = await api.call({ url: '/api/v1/beads/gm-1' })
    expect([...Compile(beadDetail).Errors(first.json())]).toEqual([])
    const tag = String(first.headers['etag'])
    expect(tag).toMatch(/^"gm-1-0\.[\w-]{16}"$/)
    const read = (tag: string) => api.call({ url: '/api/v1/beads/gm-1', headers: { 'if-none-match': tag } })
    expect((await read(tag)).statusCode).toBe(304)
    expect((await read(`W/${tag}, "other"`)).statusCode).toBe(304)
    for (const other of ['"other"', '"gm-1-0"']) expect((await read(other)).statusCode).toBe(200)
    expect(codeOf(await api.call({ url: '/api/v1/beads/gm-2' }))).toBe('bead_not_found')
  })

  it('is read again when what hangs on it has changed, though its version is the same', async () => {
    api.work.put('gm-1')
    const first = await api.call({ url: '/api/v1/beads/gm-1' })
    const headers = { 'if-none-match': String(first.headers['etag']) }
    const comment = { id: 'c', author: 'Bob', text: 'hello', createdAt: '2026-01-01T00:00:00Z' }
    api.work.put('gm-1', { ...first.json<BeadDetail>(), comments: [comment] })
    const second = await api.call({ url: '/api/v1/beads/gm-1', headers })
    expect(second.statusCode).toBe(200)
    expect(second.json<BeadDetail>().comments).toHaveLength(1)
    expect(second.json<BeadDetail>().etag).toBe(first.json<BeadDetail>().etag)
  })

  it('is created, and answered as the projection has it', async () => {
    const response = await api.change('POST', '/api/v1/beads', { id: 'gm-9', title: '$(reboot) 🚀 --flag' })
    expect(response.statusCode).toBe(201)
    expect(response.json()).toMatchObject({ id: 'gm-9', title: '$(reboot) 🚀 --flag', revision: 1 })
    expect(response.headers['etag']).toBe('"gm-9-0"')
    expect(codeOf(await api.change('POST', '/api/v1/beads', { id: 'gm-9', title: 'a' }))).toBe('bead_exists')
  })

  it('is edited only in the version the editor has seen', async () => {
    api.work.put('gm-1')
    const edit = async (tag: string) => {
      const body = { title: 'New' }
      const headers = { 'x-gemba-confirm': await api.nonce('PATCH', '/api/v1/beads/gm-1', body, tag), 'if-match': tag }
      return api.call({ method: 'PATCH', url: '/api/v1/beads/gm-1', headers, payload: body })
    }
    const stale = await edit('"old"')
    expect([stale.statusCode, codeOf(stale)]).toEqual([412, 'bead_changed'])
    const fresh = await edit(String((await api.call({ url: '/api/v1/beads/gm-1' })).headers['etag']))
    expect([fresh.statusCode, fresh.headers['etag']]).toEqual([200, '"gm-1-1"'])
    expect(fresh.json()).toMatchObject({ title: 'New', revision: 1 })
  })

  it('is closed and opened again only if it is still the bead that was seen', async () => {
    api.work.put('gm-1')
    const change = async (verb: string, tag: string) => {
      const [url, payload] = [`/api/v1/beads/gm-1/${verb}`, { reason: 'Done' }]
      const headers = { 'x-gemba-confirm': await api.nonce('POST', url, payload, tag), 'if-match': tag }
      return api.call({ method: 'POST', url, headers, payload })
    }
    const tag = async () => String((await api.call({ url: '/api/v1/beads/gm-1' })).headers['etag'])
    const seen = await tag()
    const closed = await change('close', seen)
    expect([closed.statusCode, closed.json<{ state: string }>().state]).toEqual([200, 'completed'])
    const stale = await change('reopen', seen)
    expect([stale.statusCode, codeOf(stale)]).toEqual([412, 'bead_changed'])
    expect((await change('reopen', await tag())).statusCode).toBe(200)
  })

  it('is never started by an edit', async () => {
    api.work.put('gm-1')
    for (const status of ['in_progress', 'hooked']) {
      const response = await api.change('PATCH', '/api/v1/beads/gm-1', { status })
      expect(response.json()).toMatchObject({ code: 'bead_not_startable', status: 409 })
      expect(response.json<{ detail: string }>().detail).toContain('/api/v1/dispatch')
    }
    expect(codeOf(await api.change('POST', '/api/v1/beads', { title: 'a', status: 'in_progress' }))).toBe(
      'bead_not_startable',
    )
    expect(codeOf(await api.change('PATCH', '/api/v1/beads/gm-1', { assignee: 'gemba/s9' }))).toBe('bead_invalid')
    expect(api.work.writes).toBe(0)
  })

  it('that somebody else has started may stay so', async () => {
    api.work.put('gm-1', { status: 'in_progress', assignee: 'eve' })
    expect((await api.change('PATCH', '/api/v1/beads/gm-1', { status: 'in_progress' })).statusCode).toBe(200)
  })

  it('is not taken from the session that works on it', async () => {
    api.work.put('gm-1', { status: 'in_progress', assignee: 'gemba/s1' })
    api.store.put(sessionSnapshot('s1', 'gm-1'))
    const path = '/api/v1/beads/gm-1'
    const refused = [
      await api.change('PATCH', path, { status: 'open' }),
      await api.change('PATCH', path, { assignee: null }),
      await api.change('POST', `${path}/close`, { reason: 'done', force: true }),
      await api.change('POST', `${path}/reopen`, { reason: 'no' }),
      await api.change('DELETE', path),
    ]
    expect(refused.map(codeOf)).toEqual(Array(5).fill('bead_in_session'))
    expect((await api.change('PATCH', path, { title: 'New' })).statusCode).toBe(200)
    expect((await api.change('POST', `${path}/comments`, { text: 'hi' })).statusCode).toBe(201)
    api.store.put(sessionSnapshot('s1', 'gm-1', false))
    expect((await api.change('PATCH', path, { status: 'open', assignee: null })).statusCode).toBe(200)
  })

  it('claimed between the look and the write is left alone', async () => {
    api.work.put('gm-1')
    api.work.before = async () => {
      if (api.work.beads.get('gm-1')?.assignee === null) {
        api.work.put('gm-1', { assignee: 'gemba/s7', status: 'in_progress', etag: 'claimed' })
      }
    }
    expect(codeOf(await api.change('POST', '/api/v1/beads/gm-1/close', { reason: 'done' }))).toBe('bead_in_session')
    expect(api.work.writes).toBe(0)
  })

  it('is closed, reopened, linked, commented and deleted', async () => {
    api.work.put('gm-1')
    const path = '/api/v1/beads/gm-1'
    expect((await api.change('POST', `${path}/close`, { reason: 'done' })).json()).toMatchObject({ status: 'closed' })
    expect((await api.change('POST', `${path}/reopen`, { reason: 'no' })).json()).toMatchObject({ status: 'open' })
    const linked = await api.change('PUT', `${path}/dependencies/external%3Aa%2Fb`, { kind: 'blocks' })
    expect(linked.json()).toMatchObject({ dependencies: [{ from: 'gm-1', to: 'external:a/b', kind: 'blocks' }] })
    const unlinked = await api.change('DELETE', `${path}/dependencies/external%3Aa%2Fb`)
    expect(unlinked.json()).toMatchObject({ dependencies: [] })
    const commented = await api.change('POST', `${path}/comments`, { text: 'Hello' })
    expect(commented.json()).toMatchObject({ comments: [{ author: 'ada', text: 'Hello' }] })
    expect((await api.change('DELETE', path)).statusCode).toBe(204)
    expect(codeOf(await api.call({ url: path }))).toBe('bead_not_found')
  })

  it('that was written is answered even when it can not be looked at', async () => {
    api.work.put('gm-1')
    api.board.refresh = () => Promise.reject(new GembaError('work_plane_unavailable', { why: 'gone' }))
    const response = await api.change('PATCH', '/api/v1/beads/gm-1', { title: 'New' })
    expect([response.statusCode, response.json<{ title: string }>().title]).toEqual([200, 'New'])
  })
})
