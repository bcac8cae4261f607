import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { GembaError } from '../../model/error.ts'
import type { EscalationView } from '../../model/escalation.ts'
import { capabilities } from '../../model/schema/capabilities.ts'
import { dispatchAnswer } from '../../model/schema/dispatch.ts'
import { escalationPage } from '../../model/schema/escalation.ts'
import { sessionHistory } from '../../model/schema/event.ts'
import { hostList } from '../../model/schema/host.ts'
import { sessionPage } from '../../model/schema/session.ts'
import { changedEvent, escalationSnapshot, sessionSnapshot } from '../testing/samples.ts'
import { testApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

interface Page {
  items: { id: string }[]
  cursor: string | null
}
const codeOf = (response: { json: <T>() => T }) => response.json<{ code?: string }>().code
const actor = { name: 'ada', via: 'api' }

describe('dispatch', () => {
  it('tells of each bead what became of it, under the key of the nonce', async () => {
    api.commands.refusals.set('gm-2', new GembaError('bead_blocked', { bead: 'gm-2', blockers: 'gm-1' }))
    const items = [{ bead: 'gm-1' }, { bead: 'gm-2', force: true }]
    const nonce = await api.nonce('POST', '/api/v1/dispatch', { items })
    const headers = { 'x-gemba-confirm': nonce }
    const response = await api.call({ method: 'POST', url: '/api/v1/dispatch', headers, payload: { items } })
    expect([...Compile(dispatchAnswer).Errors(response.json())]).toEqual([])
    expect(response.json()).toMatchObject({
      results: [
        { bead: 'gm-1', admitted: true, session: 's-gm-1' },
        { bead: 'gm-2', admitted: false, code: 'bead_blocked', message: 'Bead gm-2 is blocked by gm-1.' },
      ],
    })
    expect(api.commands.calls).toEqual([{ command: 'dispatch', request: { items, key: nonce, actor } }])
  })

  it('answers a single refused bead with its problem', async () => {
    api.commands.refusals.set('gm-1', new GembaError('dispatch_full', { limit: '3' }))
    const answers = [
      await api.change('POST', '/api/v1/dispatch', { items: [{ bead: 'gm-1' }] }),
      await api.change('POST', '/api/v1/sessions', { bead: 'gm-1' }),
    ]
    expect(answers.map((one) => [one.statusCode, codeOf(one)])).toEqual(Array(2).fill([409, 'dispatch_full']))
  })

  it('starts a session by its bead', async () => {
    const response = await api.change('POST', '/api/v1/sessions', { bead: 'gm-1', agent: 'scripted', host: 'local' })
    expect([response.statusCode, response.json()]).toEqual([201, { bead: 'gm-1', session: 's-gm-1' }])
  })

  it('refuses none, too many and unknown fields', async () => {
    const many = Array.from({ length: 101 }, (_, n) => ({ bead: `gm-${n}` }))
    for (const body of [{ items: [] }, { items: many }, { items: [{ bead: 'gm-1', urgent: true }] }, {}]) {
      expect(codeOf(await api.change('POST', '/api/v1/dispatch', body))).toBe('bad_request')
    }
    expect(api.commands.calls).toEqual([])
  })

  it('lists parked beads and unparks them', async () => {
    expect((await api.call({ url: '/api/v1/parked' })).json()).toEqual({ items: [] })
    const parked = [{ bead: 'gm-1', why: 'no repository', since: '2026-11-20T12:00:00.000Z' }]
    const view = { parked }
    const snapshot = { kind: 'dispatch', id: 'd', project: 'example', schema: 1, revision: 1, open: true } as const
    api.store.put({ ...snapshot, view, state: null })
    expect((await api.call({ url: '/api/v1/parked' })).json()).toEqual({ items: parked })
    expect((await api.change('POST', '/api/v1/beads/gm-1/unpark', {})).statusCode).toBe(204)
    expect((await api.change('POST', '/api/v1/beads/gm-1/unpark')).statusCode).toBe(204)
    expect(codeOf(await api.change('POST', '/api/v1/beads/gm-1/unpark', { now: true }))).toBe('bad_request')
    expect(api.commands.calls.map(({ command }) => command)).toEqual(['unpark', 'unpark'])
  })
})

describe('sessions', () => {
  beforeEach(() => {
    for (let n = 1; n <= 5; n++) api.store.put(sessionSnapshot(`s${n}`, `gm-${n}`, n % 2 === 1, n))
  })

  it('are listed open ones first, page by page', async () => {
    const found: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: Page = (await api.call({ url: `/api/v1/sessions?limit=2${query}` })).json<Page>()
      expect([...Compile(sessionPage).Errors(page)]).toEqual([])
      found.push(...page.items.map(({ id }) => id))
      cursor = page.cursor
    }
    expect(found).toEqual(['s5', 's3', 's1', 's4', 's2'])
  })

  it('are listed open or closed alone', async () => {
    const ids = async (open: boolean) =>
      (await api.call({ url: `/api/v1/sessions?open=${open}` })).json<Page>().items.map(({ id }) => id)
    expect(await ids(true)).toEqual(['s5', 's3', 's1'])
    expect(await ids(false)).toEqual(['s4', 's2'])
  })

  it('are read, told and ended', async () => {
    expect((await api.call({ url: '/api/v1/sessions/s1' })).json()).toMatchObject({ id: 's1', bead: 'gm-1' })
    expect(codeOf(await api.call({ url: '/api/v1/sessions/s9' }))).toBe('session_not_found')
    expect((await api.change('POST', '/api/v1/sessions/s1/input', { text: 'go on' })).statusCode).toBe(204)
    expect((await api.change('POST', '/api/v1/sessions/s1/end', { mode: 'canceled' })).statusCode).toBe(204)
    expect(api.commands.calls).toMatchObject([
      { command: 'say', request: { session: 's1', text: 'go on', actor } },
      { command: 'end', request: { session: 's1', mode: 'canceled', actor } },
    ])
  })

  it('tell what happened to them, the newest page first', async () => {
    const events = await api.store.append([1, 2, 3].map((number) => changedEvent('s1', number)))
    await api.store.append([changedEvent('s3', 4)])
    const page = async (query: string) =>
      (await api.call({ url: `/api/v1/sessions/s1/events${query}` })).json<unknown>()
    const newest = await page('?limit=2')
    expect([...Compile(sessionHistory).Errors(newest)]).toEqual([])
    expect(newest).toEqual({ items: events.slice(1), cursor: String(events[1]?.number) })
    expect(await page(`?limit=2&cursor=${events[1]?.number}`)).toEqual({ items: events.slice(0, 1), cursor: null })
    expect(codeOf(await api.call({ url: '/api/v1/sessions/s9/events' }))).toBe('session_not_found')
  })

  it('take at most 8 KiB, and end in a known way', async () => {
    const say = (text: string) => api.change('POST', '/api/v1/sessions/s1/input', { text })
    expect(codeOf(await say('é'.repeat(5000)))).toBe('too_large')
    expect(codeOf(await say(''))).toBe('bad_request')
    expect(codeOf(await api.change('POST', '/api/v1/sessions/s1/end', { mode: 'now' }))).toBe('bad_request')
    expect(api.commands.calls).toEqual([])
  })

  it('are peeked at on their host', async () => {
    expect(codeOf(await api.call({ url: '/api/v1/sessions/s1/peek' }))).toBe('host_offline')
    expect(codeOf(await api.call({ url: '/api/v1/sessions/s2/peek' }))).toBe('session_closed')
    api.hub.peek = async (host, session, lines) => `${host} ${session} ${lines}`
    expect((await api.call({ url: '/api/v1/sessions/s1/peek?lines=5' })).json()).toEqual({ text: 'local s1 5' })
    expect(codeOf(await api.call({ url: '/api/v1/sessions/s1/peek?lines=9999' }))).toBe('bad_request')
  })
})

describe('escalations', () => {
  const id = 'escalation/example/s1/p-1'
  const path = `/api/v1/escalations/${encodeURIComponent(id)}`

  it('are listed and read by an id with slashes', async () => {
    api.store.put(escalationSnapshot(id))
    api.store.put(escalationSnapshot('closed', false, 2))
    const page = (await api.call({ url: '/api/v1/escalations' })).json<Page>()
    expect([...Compile(escalationPage).Errors(page)]).toEqual([])
    expect(page.items.map((one) => one.id)).toEqual([id, 'closed'])
    expect((await api.call({ url: path })).json()).toMatchObject({ id })
    expect(codeOf(await api.call({ url: '/api/v1/escalations/none' }))).toBe('escalation_not_found')
  })

  it('are answered once', async () => {
    expect(codeOf(await api.change('POST', `${path}/answer`, { value: 'approve' }))).toBe('escalation_not_found')
    api.commands.answered = escalationSnapshot(id, false).view as EscalationView
    const response = await api.change('POST', `${path}/answer`, { value: 'text', text: 'the left one' })
    expect(response.json()).toMatchObject({ id, state: 'decided' })
    expect(api.commands.calls.at(-1)?.request).toMatchObject({
      escalation: id,
      value: 'text',
      text: 'the left one',
      actor,
    })
  })
})

describe('hosts and capabilities', () => {
  it('say what is there', async () => {
    const response = await api.call({ url: '/api/v1/capabilities' })
    expect([...Compile(capabilities).Errors(response.json())]).toEqual([])
    expect(response.json()).toMatchObject({ mode: 'full', person: 'ada', workPlane: { healthy: true, prefix: 'gm' } })
    expect(response.json()).toMatchObject({
      source: { kind: 'project', display: 'Memory', readonly: false },
      ...{ manifest_path: null, beads_read_only: false },
    })
    expect(response.body).not.toContain('/nowhere')
  })

  it('stay there while the work plane is away', async () => {
    api.work.manifest = () => Promise.reject(new GembaError('work_plane_unavailable', { why: 'down' }))
    expect((await api.call({ url: '/api/v1/capabilities' })).json()).toMatchObject({ workPlane: null })
  })

  it('list a host as soon as it has announced itself', async () => {
    const receiver = api.hub.attach('local', { send: () => undefined, close: () => undefined })
    const announcement = { host: 'local', instance: 'i', version: '1', kinds: ['scripted'], slots: 2, panes: [] }
    receiver.receive({ type: 'announce', announcement })
    const list = (await api.call({ url: '/api/v1/hosts' })).json<{ items: { lastSeen: string | null }[] }>()
    expect([...Compile(hostList).Errors(list)]).toEqual([])
    expect(list.items).toMatchObject([{ id: 'local', status: 'enrolling', slots: 2 }])
    expect(list.items[0]?.lastSeen).not.toBeNull()
    api.hub.close()
  })
})
