import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { largestImport } from '../../model/exchange.ts'
import { profileOf } from '../../model/mode.ts'
import { importLinesPage, importStatus } from '../../model/schema/exchange.ts'
import { BeadsOnlyDouble } from '../testing/beads-only.ts'
import { origin, testApi, token, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

interface Status {
  id: string
  state: string
  done: number
  total: number
  counts: Record<string, number> | null
  problem: { code: string } | null
}

const headers = { 'content-type': 'application/x-ndjson' }
const post = (text: string, to = api) =>
  to.call({ method: 'POST', url: '/api/v1/beads-import', headers, payload: text })
const codeOf = (response: { json: <T>() => T }) => response.json<{ code?: string }>().code
const statusOf = async (id: string) => (await api.call({ url: `/api/v1/beads-import/${id}` })).json<Status>()

/** Lets what was begun go on until the import is in another state. */
async function until(id: string, state: string): Promise<Status> {
  for (;;) {
    const status = await statusOf(id)
    if (status.state === state) return status
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function planned(text: string): Promise<string> {
  const { id } = (await post(text)).json<Status>()
  await until(id, 'planned')
  return id
}

/** A text on its way over a real connection: its first line has been sent. */
async function sending() {
  if (!api.app.server.listening) await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as AddressInfo
  const own = { ...headers, host: new URL(origin).host, authorization: `Bearer ${token}` }
  const sent = request({ host: '127.0.0.1', port, path: '/api/v1/beads-import', method: 'POST', headers: own })
  sent.on('error', () => undefined)
  const answer = new Promise<IncomingMessage>((resolve) => sent.once('response', resolve))
  const came = new Promise<void>((resolve) => api.app.server.once('request', () => resolve()))
  sent.write(bead('gm-1'))
  await came
  const finished = async (): Promise<unknown> => {
    sent.end(bead('gm-2'))
    let text = ''
    for await (const part of await answer) text += String(part)
    return JSON.parse(text)
  }
  return { request: sent, came, finished }
}

const bead = (id: string): string => `{"_type":"issue","id":"${id}"}\n`

describe('an import', () => {
  it('is judged, looked at line by line, and carried out as it was judged', async () => {
    const answer = await post(`${bead('gm-1')}{broken\n${bead('gm-2')}`)
    expect(answer.statusCode).toBe(202)
    const { id } = answer.json<Status>()
    const status = await until(id, 'planned')
    expect(status).toMatchObject({ done: 3, total: 3, counts: { created: 2, updated: 0, skipped: 0, refused: 1 } })
    expect([...Compile(importStatus).Errors(status)]).toEqual([])
    expect(api.exchange.imported).toEqual([])

    const lines = async (query: string) => (await api.call({ url: `/api/v1/beads-import/${id}/lines${query}` })).json()
    const all = await lines('?limit=2')
    expect([...Compile(importLinesPage).Errors(all)]).toEqual([])
    expect(all).toMatchObject({ total: 3, next: 2, items: [{ bead: 'gm-1' }, { line: 2, verdict: 'refused' }] })
    expect(await lines('?limit=2&after=2')).toMatchObject({ next: null, items: [{ bead: 'gm-2' }] })
    expect(await lines('?verdict=refused')).toMatchObject({ total: 1, items: [{ why: ['it is not a JSON object'] }] })
    expect(await lines('?q=GM-2')).toMatchObject({ total: 1, items: [{ bead: 'gm-2' }] })

    const applied = await api.change('POST', `/api/v1/beads-import/${id}/apply`)
    expect(applied.statusCode).toBe(202)
    await until(id, 'done')
    expect(api.exchange.imported).toEqual([
      { actor: { name: 'ada', via: 'api' }, bases: ['created', 'refused', 'created'] },
    ])
    // Again changes nothing.
    expect((await api.change('POST', `/api/v1/beads-import/${id}/apply`)).json()).toMatchObject({ state: 'done' })
    expect(api.exchange.imported).toHaveLength(1)
  })

  it('is carried out only with a nonce', async () => {
    const id = await planned(bead('gm-1'))
    const bare = await api.call({ method: 'POST', url: `/api/v1/beads-import/${id}/apply` })
    expect([bare.statusCode, codeOf(bare)]).toEqual([428, 'nonce_required'])
    expect((await statusOf(id)).state).toBe('planned')
  })

  it('waits for no other: one at a time', async () => {
    const gate = Promise.withResolvers<void>()
    api.exchange.before = () => gate.promise
    const { id } = (await post(bead('gm-1'))).json<Status>()
    expect(codeOf(await post(bead('gm-2')))).toBe('import_busy')
    gate.resolve()
    await until(id, 'planned')
    expect((await post(bead('gm-2'))).statusCode).toBe(202)
  })

  it('that failed says why, and keeps no other from being judged', async () => {
    api.exchange.before = async () => {
      throw new GembaError('work_plane_unavailable', { why: 'it is away' })
    }
    const { id } = (await post(bead('gm-1'))).json<Status>()
    expect(await until(id, 'failed')).toMatchObject({ problem: { code: 'work_plane_unavailable' } })
    expect(codeOf(await api.call({ url: '/api/v1/beads-import/other' }))).toBe('import_gone')
    expect((await post(bead('gm-2'))).statusCode).toBe(202)
  })

  it('that breaks off in the middle says of each line whether it was written', async () => {
    api.exchange.between = async () => {
      throw new GembaError('work_plane_unavailable', { why: 'it went away' })
    }
    const id = await planned(`${bead('gm-1')}${bead('gm-2')}{broken\n`)
    await api.change('POST', `/api/v1/beads-import/${id}/apply`)
    expect(await until(id, 'failed')).toMatchObject({
      counts: { created: 1, updated: 0, skipped: 0, refused: 2 },
      problem: { code: 'work_plane_unavailable' },
    })
    const page = (await api.call({ url: `/api/v1/beads-import/${id}/lines` })).json<{ items: object[] }>()
    expect([...Compile(importLinesPage).Errors(page)]).toEqual([])
    expect(page.items).toMatchObject([
      { bead: 'gm-1', verdict: 'created' },
      { bead: 'gm-2', verdict: 'refused', reason: 'broken_off', why: ['the import broke off before it was written'] },
      { line: 3, verdict: 'refused' },
    ])
  })

  it('that could not begin to write says that nothing was written', async () => {
    const id = await planned(`${bead('gm-1')}{broken\n`)
    api.exchange.before = async () => {
      throw new GembaError('work_plane_unavailable', { why: 'it is away' })
    }
    await api.change('POST', `/api/v1/beads-import/${id}/apply`)
    expect(await until(id, 'failed')).toMatchObject({ counts: { created: 0, refused: 2 } })
    const { items } = (await api.call({ url: `/api/v1/beads-import/${id}/lines` })).json<{ items: object[] }>()
    expect(items).toMatchObject([{ reason: 'broken_off' }, { reason: 'malformed' }])
  })

  it('is carried out on the source that it was judged against, and on no other', async () => {
    const mode = new BeadsOnlyDouble()
    const two = await testApi({ mode })
    try {
      const { id } = (await post(bead('gm-1'), two)).json<Status>()
      mode.source = 'another'
      const refused = await two.change('POST', `/api/v1/beads-import/${id}/apply`)
      expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'source_changed'])
      mode.source = 's1'
      expect((await two.change('POST', `/api/v1/beads-import/${id}/apply`)).statusCode).toBe(202)
    } finally {
      await two.app.close()
    }
  })

  it('that comes in slowly keeps nobody else waiting, and makes room when its client goes away', async () => {
    const slow = [await sending(), await sending()] as const
    for (const { came } of slow) await came
    // A third would be one too many; who has planned one carries it out all the same.
    await expect.poll(async () => codeOf(await post(bead('gm-3')))).toBe('import_busy')
    slow[0].request.destroy()
    await expect.poll(async () => (await post(bead('gm-3'))).statusCode).toBe(202)
    const { id } = (await slow[1].finished()) as Status
    expect((await until(id, 'planned')).counts).toMatchObject({ created: 2 })
    for (let turn = 0; turn < 3; turn++) expect((await post(bead(`gm-${turn}`))).statusCode).toBe(202)
  })

  it('belongs to who began it: others do not see it', async () => {
    const id = await planned(bead('gm-1'))
    const url = `/api/v1/beads-import/${id}`
    const browser = await api.browser()
    const seen = await api.app.inject({ url, headers: { host: new URL(origin).host, ...browser } })
    expect(codeOf(seen)).toBe('import_gone')
    expect((await api.call({ url })).statusCode).toBe(200)
  })

  it('of more than 32 MiB, or of something else, is refused', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const long = Readable.from(Array.from({ length: largestImport / chunk.length + 1 }, () => chunk))
    const large = await api.call({ method: 'POST', url: '/api/v1/beads-import', headers, payload: long })
    expect([large.statusCode, large.json<{ detail: string }>().detail]).toEqual([
      413,
      'The request is larger than 32 MiB.',
    ])
    const json = await api.call({ method: 'POST', url: '/api/v1/beads-import', payload: { lines: [] } })
    expect(codeOf(json)).toBe('bad_request')
  })

  it('is refused where nothing may be written, and no export is', async () => {
    const mode = Object.assign(new BeadsOnlyDouble(), { profile: () => profileOf('beads_only', true) })
    const reader = await testApi({ mode })
    try {
      expect(codeOf(await post(bead('gm-1'), reader))).toBe('read_only')
      expect((await reader.call({ url: '/api/v1/beads-export' })).statusCode).toBe(200)
    } finally {
      await reader.app.close()
    }
  })
})

describe('an export', () => {
  it('is a file of lines, for programs and by a ticket for browsers', async () => {
    api.exchange.exported = [bead('gm-1'), bead('gm-2')]
    const answer = await api.call({ url: '/api/v1/beads-export?format=columns' })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': expect.stringMatching(/^attachment; filename="beads-[\d-]{10}\.jsonl"$/) as string,
    })
    expect(answer.body).toBe(bead('gm-1') + bead('gm-2'))
    const browser = await api.browser()
    const bare = await api.app.inject({ url: '/api/v1/beads-export', headers: { host: new URL(origin).host } })
    expect(bare.statusCode).toBe(401)
    const ticket = await api.ticket(browser, '/beads-export')
    const { cookie } = browser
    const taken = await api.app.inject({
      url: `/api/v1/beads-export${ticket}&format=bd`,
      headers: { host: new URL(origin).host, cookie },
    })
    expect([taken.statusCode, taken.body]).toEqual([200, answer.body])
  })

  it('that can not begin is a problem', async () => {
    api.exchange.before = async () => {
      throw new GembaError('work_plane_unavailable', { why: 'it is away' })
    }
    expect(codeOf(await api.call({ url: '/api/v1/beads-export' }))).toBe('work_plane_unavailable')
    expect(codeOf(await api.call({ url: '/api/v1/beads-export?format=xml' }))).toBe('bad_request')
  })

  it('ends at its source when the reader leaves', async () => {
    const ended = Promise.withResolvers<string>()
    api.exchange.export = async (_, write) => {
      for (let line = 0; ; line += 1) {
        await write('x'.repeat(100_000)).catch((error: Error) => {
          ended.resolve(error.message)
          throw error
        })
      }
    }
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = api.app.server.address() as AddressInfo
    const headers = { host: new URL(origin).host, authorization: `Bearer ${token}` }
    const sent = request({ host: '127.0.0.1', port, path: '/api/v1/beads-export', headers })
    const response = await new Promise<IncomingMessage>((resolve) => sent.once('response', resolve).end())
    await response[Symbol.asyncIterator]().next()
    sent.destroy()
    expect(await ended.promise).toContain('the reader is gone')
  })
})
