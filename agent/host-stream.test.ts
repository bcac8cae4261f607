import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { HostMessage, ServerMessage } from '../model/host-stream.ts'
import type { OrchestrationPlane } from '../model/orchestration-plane.ts'
import { paneSize } from '../model/pane-size.ts'
import { openNativeFixture, type NativeFixture } from './backends/native/testing/native-fixture.ts'
import { briefOf, startOf } from '../test/conformance/orchestration-plane.ts'
import { connectHostStream, type HostStream } from './host-stream.ts'

const releases: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

/** A server that remembers what hosts say. */
async function openServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const said: HostMessage[] = []
  const tokens: unknown[] = []
  const sockets: WebSocket[] = []
  server.on('connection', (socket, request) => {
    tokens.push(request.headers.authorization)
    sockets.push(socket)
    socket.on('message', (data) => said.push(JSON.parse(String(data)) as HostMessage))
  })
  releases.push(() => {
    for (const socket of server.clients) socket.terminate()
    return new Promise((resolve) => server.close(resolve))
  })
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = (message: ServerMessage) => sockets.at(-1)?.send(JSON.stringify(message))
  return { url, said, tokens, sockets, send }
}

function connect(url: string, plane: OrchestrationPlane, announceMs = 60_000): HostStream {
  const host = { id: 'local', instance: 'i1', version: '1', kinds: ['worktree'], slots: 4 }
  const stream = connectHostStream({ url, token: 'secret', host, plane, announceMs })
  releases.push(() => stream.close())
  return stream
}

async function openPlane(): Promise<NativeFixture> {
  const fixture = await openNativeFixture()
  releases.push(() => fixture.close())
  return fixture
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the host stream', () => {
  it('announces, answers calls and sends only what is watched', async () => {
    const fixture = await openPlane()
    const server = await openServer()
    const agent = fixture.agent('echo', 'echo ready\nwhile read -r line; do echo "got $line"; done')
    await fixture.plane.start(startOf(fixture.repository, agent, { session: 's1', bead: briefOf('ex-1', {}) }))
    connect(server.url, fixture.plane)
    const announced = await until(() => server.said.find((message) => message.type === 'announce'))
    expect(announced).toMatchObject({
      announcement: { host: 'local', slots: 4, panes: [{ session: 's1', alive: true }] },
    })
    expect(server.tokens).toEqual(['Bearer secret'])

    const reply = (id: number) =>
      until(() => server.said.find((message) => message.type === 'reply' && message.id === id))
    server.send({ type: 'call', id: 1, method: 'keys', session: 's1', data: Buffer.from('one\r').toString('base64') })
    expect(await reply(1)).toMatchObject({ ok: true })
    for (let id = 10; ; id += 1) {
      server.send({ type: 'call', id, method: 'peek', session: 's1', lines: 5 })
      const answer = await reply(id)
      if (answer.type === 'reply' && answer.ok && String(answer.value).includes('got one')) break
    }
    expect(server.said.filter((message) => message.type === 'output')).toEqual([])

    server.send({ type: 'watch', session: 's1', on: true })
    server.send({ type: 'call', id: 2, method: 'terminal', session: 's1' })
    expect(await reply(2)).toMatchObject({ ok: true, value: paneSize })
    server.send({ type: 'call', id: 3, method: 'keys', session: 's1', data: Buffer.from('two\r').toString('base64') })
    await until(() => (shown(server.said).includes('got two') ? true : undefined))

    server.send({ type: 'call', id: 4, method: 'peek', session: 'unknown', lines: 5 })
    expect(await reply(4)).toMatchObject({ ok: false, code: 'pane_gone', params: { session: 'unknown' } })
    server.send({ type: 'call', id: 5, method: 'resize', session: 's1', columns: 90, rows: 20 })
    expect(await reply(5)).toMatchObject({ ok: true })
  })

  it('announces when asked, and connects again after the connection is cut', async () => {
    const fixture = await openPlane()
    const server = await openServer()
    connect(server.url, fixture.plane)
    await until(() => (server.said.length === 1 ? true : undefined))
    server.send({ type: 'announce' })
    await until(() => (server.said.length === 2 ? true : undefined))
    server.sockets[0]?.terminate()
    await until(() => (server.sockets.length === 2 && server.said.length === 3 ? true : undefined))
  })
})

function shown(said: readonly HostMessage[]): string {
  return said
    .flatMap((message) => (message.type === 'output' ? Buffer.from(message.data, 'base64').toString() : []))
    .join('')
}
