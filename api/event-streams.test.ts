import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { MemoryStore } from './testing/memory-store.ts'
import { releasedEvent } from './testing/samples.ts'
import { origin, testApi, type TestApi, token } from './testing/test-api.ts'
import type { EventStreamLimits } from './event-streams.ts'

let api: TestApi
const releases: (() => void)[] = []
afterEach(async () => {
  for (const release of releases.splice(0)) release()
  await api.app.close()
})

async function start(
  store: MemoryStore = new MemoryStore(),
  limits: Partial<EventStreamLimits> = {},
  watched: (readers: number) => void = () => undefined,
): Promise<void> {
  api = await testApi({ store, watched }, limits)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
}

interface Reader {
  readonly response: IncomingMessage
  /** Blocks of the stream so far, pings and the like left out. */
  blocks(): string[]
  /** What was told of the disk, which is no part of the log. */
  disk(): { status: string; left: string }[]
  /** Resolves once `ready` holds of the blocks. */
  until(ready: (blocks: string[]) => boolean): Promise<string[]>
  close(): void
}

/** A reader of the stream. */
async function read(
  headers: Record<string, string> = {},
  query = '',
  shown: Record<string, string> = { authorization: `Bearer ${token}` },
): Promise<Reader> {
  const { port } = api.app.server.address() as AddressInfo
  const sent = request({
    host: '127.0.0.1',
    port,
    path: `/api/v1/events${query}`,
    headers: { host: new URL(origin).host, ...shown, ...headers },
  })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject).end()
  })
  const whole: string[] = []
  let rest = ''
  const close = () => void sent.destroy()
  releases.push(close)
  response.on('error', () => undefined)
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    whole.push(...parts)
  })
  const isDisk = (block: string) => block.startsWith('event: disk\n')
  const blocks = () => whole.filter((block) => !isDisk(block))
  const disk = () =>
    whole.filter(isDisk).map((block) => JSON.parse(block.split('data: ')[1] ?? '') as { status: string; left: string })
  let wake: () => void = () => undefined
  response.on('data', () => wake()).on('close', () => wake())
  const until: Reader['until'] = async (ready) => {
    while (!ready(blocks())) {
      if (response.closed) throw new Error(`the stream ended after ${whole.length} blocks`)
      await new Promise<void>((resolve) => (wake = resolve))
    }
    return blocks()
  }
  return { response, blocks, disk, until, close }
}

const connections = () => new Promise<number>((resolve) => api.app.server.getConnections((_, count) => resolve(count)))

const numbersOf = (blocks: string[]) =>
  blocks.flatMap((block) => {
    const data = /^data: (\{"source.*)$/m.exec(block)?.[1]
    return data === undefined ? [] : [(JSON.parse(data) as { number: number }).number]
  })
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
const append = (store: MemoryStore, count: number) =>
  store.append(Array.from({ length: count }, (_, index) => releasedEvent(store.log.length + index + 1)))

describe('the event stream', () => {
  it('begins now, with an id to come back with', async () => {
    const store = new MemoryStore()
    await append(store, 3)
    await start(store)
    const reader = await read()
    expect(reader.response.headers['content-type']).toBe('text/event-stream')
    expect(reader.response.headers['cache-control']).toBe('no-store')
    expect(await reader.until((blocks) => blocks.length === 1)).toEqual(['retry: 1000\nid: e1.3'])
    await append(store, 1)
    const [, event] = await reader.until((blocks) => blocks.length === 2)
    expect(event).toMatch(/^id: e1\.4\nevent: bead\.released\ndata: \{"source":"test".*\}$/)
  })

  it('tells how much room is on the disk at the beginning and at each change, also when nothing can be stored', async () => {
    await start()
    const { disk, blocks, until } = await read()
    await until(() => disk().length > 0)
    api.disk.has(60e6)
    await until(() => disk().length > 1)
    api.disk.has(0)
    await until(() => disk().length > 2)
    expect(disk()).toMatchObject([{ status: 'ok' }, { status: 'low', left: '60 MB' }, { status: 'full', left: '0 MB' }])
    expect(blocks()).toHaveLength(1)
    expect((await api.call({ url: '/api/v1/capabilities' })).json()).toMatchObject({ disk: { status: 'full' } })
  })

  it('tells how many follow it, for as long as they do', async () => {
    const counts: number[] = []
    await start(new MemoryStore(), {}, (readers) => counts.push(readers))
    const [one, two] = [await read(), await read()]
    expect(counts).toEqual([1, 2])
    one.close()
    await expect.poll(() => counts).toEqual([1, 2, 1])
    two.close()
    await expect.poll(() => counts).toEqual([1, 2, 1, 0])
  })

  it('replays 10,000 events and goes on live, without a gap or a repeat', async () => {
    const store = new MemoryStore()
    await append(store, 10_000)
    await start(store)
    const reader = await read({ 'last-event-id': 'e1.0' })
    for (let round = 0; round < 50; round++) {
      await append(store, 10)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const numbers = numbersOf(await reader.until((blocks) => blocks.length > 10_500))
    expect(numbers).toEqual(upTo(10_500))
  })

  it('opens for a browser with a ticket, once, and ends when it signs out', async () => {
    const store = new MemoryStore()
    await start(store)
    const [mine, other] = [await api.browser(), await api.browser()]
    const open = async (query: string, { cookie } = mine) => read({}, query, { cookie })
    expect((await open('')).response.statusCode).toBe(401)
    expect((await open(await api.ticket(mine, '/events'), other)).response.statusCode).toBe(401)
    const ticket = await api.ticket(mine, '/events')
    const reader = await open(ticket)
    await reader.until((blocks) => blocks.length === 1)
    expect((await open(ticket)).response.statusCode).toBe(401)
    const another = await open(await api.ticket(other, '/events'), other)
    const ended = new Promise((resolve) => reader.response.once('close', resolve))
    const headers = { host: new URL(origin).host, ...mine }
    await api.app.inject({ method: 'POST', url: '/api/v1/logout', headers })
    await ended
    await append(store, 1)
    await another.until((blocks) => numbersOf(blocks).length === 1)
  })

  it('goes on exactly after a reconnect', async () => {
    const store = new MemoryStore()
    await start(store)
    const first = await read({}, '?after=e1.0')
    await append(store, 5)
    const seen = numbersOf(await first.until((blocks) => numbersOf(blocks).length >= 5))
    first.close()
    await append(store, 5)
    const second = await read({ 'last-event-id': `e1.${seen.at(-1)}` }, '?after=e1.0')
    await append(store, 5)
    const rest = numbersOf(await second.until((blocks) => numbersOf(blocks).length >= 10))
    expect([...seen, ...rest]).toEqual(upTo(15))
  })

  it.each([
    ['another log', 'e0.2'],
    ['the future', 'e1.99'],
    ['no id at all', 'nonsense'],
    ['what is no longer kept', 'e1.2'],
    ['too long ago', 'e1.5'],
  ])('tells a reader from %s to begin anew', async (_, id) => {
    const store = new MemoryStore()
    await append(store, 20)
    await store.sweep({ keepEvents: 17 })
    await start(store, { replay: 10 })
    const reader = await read({ 'last-event-id': id })
    const [resync] = await reader.until((blocks) => blocks.length === 1)
    expect(resync).toBe('id: e1.20\nevent: resync\ndata: {"event":"e1.20"}')
    await append(store, 1)
    expect(numbersOf(await reader.until((blocks) => blocks.length === 2))).toHaveLength(1)
  })

  it('notices when everything since was swept', async () => {
    const store = new MemoryStore()
    await append(store, 20)
    await store.sweep({ keepEvents: 0 })
    await start(store)
    const reader = await read({ 'last-event-id': 'e1.5' })
    expect((await reader.until((blocks) => blocks.some((block) => block.includes('resync')))).at(-1)).toContain('e1.20')
  })

  it('sends the same bytes to all, and listens to the store once', async () => {
    const store = new MemoryStore()
    await start(store)
    const readers = [await read(), await read(), await read()]
    for (const reader of readers) await reader.until((blocks) => blocks.length === 1)
    expect(store.listeners).toBe(1)
    await append(store, 2)
    for (const reader of readers) {
      expect(numbersOf(await reader.until((blocks) => blocks.length === 3))).toEqual([1, 2])
    }
  })

  it('refuses more readers than it can serve', async () => {
    await start(new MemoryStore(), { streams: 1 })
    const first = await read()
    await first.until((blocks) => blocks.length === 1)
    const second = await read()
    expect(second.response.statusCode).toBe(503)
    const refused = await api.call({ url: '/api/v1/events' })
    expect(refused.json()).toMatchObject({ code: 'too_many_streams' })
  })

  it('drops a reader that does not read, and only that one', async () => {
    const store = new MemoryStore()
    await start(store, { buffer: 64 * 1024, drainMs: 1_000 })
    const slow = await read()
    const quick = await read()
    for (const reader of [slow, quick]) await reader.until((blocks) => blocks.length === 1)
    slow.response.pause()
    let sent = 0
    while ((await connections()) === 2) {
      await store.append([{ ...releasedEvent(++sent), source: 'x'.repeat(100_000) }])
      await quick.until((blocks) => numbersOf(blocks.slice(-1))[0] === sent)
    }
    expect(numbersOf(quick.blocks())).toEqual(upTo(sent))
    slow.response.resume()
    await expect(slow.until(() => false)).rejects.toThrow('the stream ended')
    expect(numbersOf(slow.blocks()).length).toBeLessThan(sent)
  })

  it('lets a reader that was too slow catch up', async () => {
    const store = new MemoryStore()
    await start(store, { buffer: 64 * 1024 })
    const reader = await read()
    await reader.until((blocks) => blocks.length === 1)
    reader.response.pause()
    for (let sent = 1; sent <= 200; sent++) {
      await store.append([{ ...releasedEvent(sent), source: 'x'.repeat(100_000) }])
    }
    reader.response.resume()
    await append(store, 1)
    expect(numbersOf(await reader.until((blocks) => blocks.at(-1)?.startsWith('id: e1.201') ?? false))).toEqual(
      upTo(201),
    )
  })

  it('pings', async () => {
    await start(new MemoryStore(), { pingMs: 5 })
    const reader = await read()
    expect((await reader.until((blocks) => blocks.includes(': ping'))).at(-1)).toBe(': ping')
  })

  it('lets go of the store with its last reader, and ends at shutdown', async () => {
    const store = new MemoryStore()
    await start(store)
    const reader = await read()
    await reader.until((blocks) => blocks.length === 1)
    const ended = new Promise((resolve) => reader.response.once('end', resolve))
    await api.app.close()
    await ended
    expect(store.listeners).toBe(0)
  })

  it('is cut when the log can not be read', async () => {
    const store = new MemoryStore()
    store.lastEvent = () => Promise.reject(new Error('gone'))
    await start(store)
    const reader = await read()
    await expect(reader.until((blocks) => blocks.length > 0)).rejects.toThrow('the stream ended')
  })
})
