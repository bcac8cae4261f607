import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerMessage } from '../model/host-stream.ts'
import { sessionSnapshot } from './testing/samples.ts'
import { hostToken, origin, testApi, type TestApi, token } from './testing/test-api.ts'

let api: TestApi
const sockets: WebSocket[] = []

beforeEach(async () => {
  api = await testApi()
  api.store.put(sessionSnapshot('s1', 'gm-1'))
  await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await api.app.close()
  api.hub.close()
})

const host = new URL(origin).host

function open(path: string, headers: Record<string, string>): WebSocket {
  const { port } = api.app.server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1${path}`, { headers: { host, ...headers } })
  socket.on('error', () => undefined)
  sockets.push(socket)
  return socket
}

/** The status that an upgrade was refused with. */
const refusal = (path: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve) => {
    const socket = open(path, headers)
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode))
    socket.once('open', () => resolve(undefined))
  })

/** Takes messages in order: JSON, or the bytes as text. */
class Inbox {
  readonly socket: WebSocket
  readonly #waiting: unknown[] = []
  #wake: () => void = () => undefined
  readonly closed: Promise<number>

  constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)))
    socket.on('message', (data: Buffer, isBinary) => {
      this.#waiting.push(isBinary ? data.toString() : JSON.parse(data.toString()))
      this.#wake()
    })
  }

  /** What has come and was not taken. */
  get waiting(): readonly unknown[] {
    return this.#waiting
  }

  async next(): Promise<unknown> {
    while (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#waiting.shift()
  }

  /** The next message of this type, others left out. */
  async find(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const message = await this.next()
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === type) {
        return { ...message }
      }
    }
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }
}

async function hostSocket(): Promise<Inbox> {
  const inbox = new Inbox(open('/hosts/local/stream', { authorization: `Bearer ${hostToken}` }))
  expect(await inbox.next()).toEqual({ type: 'announce' })
  return inbox
}

const viewer = () => new Inbox(open('/sessions/s1/terminal', { authorization: `Bearer ${token}`, origin }))
const screen = (text: string) => ({ columns: 80, rows: 24, screen: text })
const answer = async (from: Inbox, value: unknown): Promise<ServerMessage & { type: 'call' }> => {
  const call = (await from.find('call')) as unknown as ServerMessage & { type: 'call' }
  from.send({ type: 'reply', id: call.id, ok: true, value })
  return call
}
const output = (text: string, lost = false) => ({
  type: 'output',
  session: 's1',
  data: Buffer.from(text).toString('base64'),
  lost,
})

describe('an upgrade', () => {
  it('is refused from another site, under another name and without a token', async () => {
    const path = '/sessions/s1/terminal'
    const signed = { authorization: `Bearer ${token}` }
    expect(await refusal(path, { ...signed, origin: 'https://evil.example' })).toBe(403)
    expect(await refusal(path, { ...signed, origin: 'http://localhost:3000' })).toBe(403)
    expect(await refusal(path, { ...signed, host: 'evil.example' })).toBe(403)
    expect(await refusal(path, { origin })).toBe(401)
    expect(await refusal(path, { ...signed, origin })).toBeUndefined()
    expect(await refusal('/beads', { ...signed, origin: 'https://evil.example' })).toBe(403)
  })

  it('of a host is refused to browsers and persons', async () => {
    const path = '/hosts/local/stream'
    expect(await refusal(path, { authorization: `Bearer ${hostToken}`, origin })).toBe(403)
    expect(await refusal(path, { authorization: `Bearer ${hostToken}`, cookie: 'a=b' })).toBe(403)
    expect(await refusal(path, { authorization: `Bearer ${token}` })).toBe(401)
    expect(await refusal(path, {})).toBe(401)
    expect(await refusal(path, { authorization: `Bearer ${hostToken}` })).toBeUndefined()
  })
})

describe('a host stream', () => {
  it.each([
    ['what is not JSON', 'hello'],
    ['an unknown message', { type: 'shutdown' }],
    ['an unknown field', { type: 'reply', id: 1, ok: true, value: 1, more: 1 }],
    ['bytes that are not base64', { ...output('x'), data: '$$$' }],
  ])('ends at %s', async (_, message) => {
    const inbox = await hostSocket()
    inbox.send(message)
    expect(await inbox.closed).toBe(4400)
  })

  it('ends at a message that is too large', async () => {
    const inbox = await hostSocket()
    inbox.send(output('x'.repeat(300_000)))
    expect(await inbox.closed).toBe(1009)
  })

  it('gives way to the newer connection of the same host', async () => {
    const first = await hostSocket()
    await hostSocket()
    expect(await first.closed).toBe(4409)
  })

  it('ends at shutdown', async () => {
    const inbox = await hostSocket()
    await api.app.close()
    expect(await inbox.closed).toBe(1001)
  })
})

describe('a terminal for a browser', () => {
  const path = '/sessions/s1/terminal'

  it('opens with a ticket, once, and only with the cookie of the same browser', async () => {
    const [mine, other] = [await api.browser(), await api.browser()]
    const { cookie } = mine
    expect(await refusal(path, { cookie, origin })).toBe(401)
    expect(await refusal(`${path}?ticket=guess`, { cookie, origin })).toBe(401)
    const forOther = await api.ticket(mine, '/sessions/s2/terminal')
    expect(await refusal(path + forOther, { cookie, origin })).toBe(401)
    expect(await refusal(path + (await api.ticket(mine, path)), { origin })).toBe(401)
    expect(await refusal(path + (await api.ticket(mine, path)), { cookie: other.cookie, origin })).toBe(401)
    const ticket = await api.ticket(mine, path)
    expect(await refusal(path + ticket, { cookie })).toBe(403)
    const good = await api.ticket(mine, path)
    expect(await new Inbox(open(path + good, { cookie, origin })).next()).toMatchObject({ type: 'error' })
    expect(await refusal(path + good, { cookie, origin })).toBe(401)
    expect(await refusal(`/beads${await api.ticket(mine, '/beads')}`, { cookie, origin })).toBe(401)
  })

  it('closes when the browser signs out, and hears nothing more from it', async () => {
    const mine = await api.browser()
    const box = await hostSocket()
    const view = new Inbox(open(path + (await api.ticket(mine, path)), { cookie: mine.cookie, origin }))
    await answer(box, screen('$ '))
    await view.find('snapshot')
    view.send({ type: 'control', on: true })
    await view.find('control')
    expect(api.store.audits.at(-1)).toMatchObject({ method: 'CONTROL', path: `/api/v1${path}` })
    view.send({ type: 'keys', data: 'before\r' })
    expect(await answer(box, null)).toMatchObject({ method: 'keys' })
    // It does not answer the close: what it sends meanwhile counts no more.
    view.socket.pause()
    await api.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { host, ...mine } })
    view.send({ type: 'keys', data: 'after\r' })
    expect(await box.find('watch')).toMatchObject({ on: false })
    view.socket.resume()
    expect(await view.closed).toBe(4401)
    expect(box.waiting).not.toContainEqual(expect.objectContaining({ method: 'keys' }))
  })
})

describe('a terminal', () => {
  it('is shown as a snapshot, then live; only who has control types', async () => {
    const box = await hostSocket()
    const view = viewer()
    expect(await box.find('watch')).toMatchObject({ session: 's1', on: true })
    await answer(box, screen('$ '))
    expect(await view.next()).toEqual({ type: 'snapshot', ...screen('$ '), skipped: false })
    box.send(output('\u001b[31mred'))
    expect(await view.next()).toBe('\u001b[31mred')

    view.send({ type: 'keys', data: 'rm -rf /\r' })
    view.send({ type: 'resize', columns: 10, rows: 10 })
    view.send({ type: 'control', on: true })
    expect(await view.next()).toEqual({ type: 'control', on: true })
    view.send({ type: 'keys', data: 'é\r' })
    const keys = await answer(box, null)
    expect(keys).toMatchObject({ method: 'keys', session: 's1', data: Buffer.from('é\r').toString('base64') })
    view.send({ type: 'resize', columns: 100, rows: 30 })
    expect(await answer(box, null)).toMatchObject({ method: 'resize', columns: 100, rows: 30 })
    expect(api.store.audits).toMatchObject([{ subject: 'api:ada', method: 'CONTROL' }])

    view.socket.close()
    expect(await box.find('watch')).toMatchObject({ on: false })
  })

  it('starts anew when bytes were lost or the host was away', async () => {
    const box = await hostSocket()
    const view = viewer()
    await answer(box, screen('one'))
    await view.find('snapshot')
    box.send(output('after a hole', true))
    await answer(box, screen('two'))
    expect(await view.find('snapshot')).toMatchObject({ screen: 'two', skipped: true })
    box.socket.close()
    expect(await view.find('host')).toMatchObject({ online: false })
    const back = await hostSocket()
    expect(await back.find('watch')).toMatchObject({ session: 's1', on: true })
    await answer(back, screen('three'))
    expect(await view.find('host')).toMatchObject({ online: true })
    expect(await view.find('snapshot')).toMatchObject({ screen: 'three', skipped: true })
  })

  it('waits for a host that is not there yet', async () => {
    const view = viewer()
    expect(await view.next()).toMatchObject({ type: 'error', code: 'host_offline' })
    const box = await hostSocket()
    await answer(box, screen('here'))
    expect(await view.find('snapshot')).toMatchObject({ screen: 'here' })
  })

  it('pauses for a viewer that does not keep up, and shows it the present when it does', async () => {
    const box = await hostSocket()
    const view = viewer()
    await answer(box, screen('one'))
    await view.find('snapshot')
    const chunk = 'x'.repeat(100_000)
    for (let sent = 0; sent <= 1024 * 1024; sent += chunk.length) box.send(output(chunk))
    for (let on = true; on;) on = (await box.find('watch'))['on'] === true
    let got = 0
    while (got <= 1024 * 1024) got += String(await view.next()).length
    view.send({ type: 'ack', bytes: got })
    expect(await box.find('watch')).toMatchObject({ on: true })
    await answer(box, screen('two'))
    expect(await view.find('snapshot')).toMatchObject({ screen: 'two', skipped: true })
  })

  it('of no session, or with nonsense, ends with a word', async () => {
    const none = new Inbox(open('/sessions/s9/terminal', { authorization: `Bearer ${token}` }))
    expect(await none.next()).toMatchObject({ type: 'error', code: 'session_not_found' })
    expect(await none.closed).toBe(4404)
    for (const message of ['nonsense', { type: 'keys' }, { type: 'resize', columns: 1e9, rows: 1 }]) {
      const view = viewer()
      await view.next()
      view.send(message)
      expect(await view.closed).toBe(4400)
    }
  })
})
