import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { dropDeadSockets, endSockets } from './web-sockets.ts'

let server: WebSocketServer
afterEach(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

async function connect(autoPong: boolean): Promise<WebSocket> {
  const { port } = server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong })
  await new Promise((resolve) => socket.once('open', resolve))
  return socket
}

const closeOf = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))

describe('web sockets', () => {
  it('are cut when they no longer answer, and only then', async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => server.once('listening', resolve))
    dropDeadSockets(server, 200)
    const living = await connect(true)
    const dead = await connect(false)
    expect(await closeOf(dead)).toBe(1006)
    expect(living.readyState).toBe(WebSocket.OPEN)
  })

  it('are told when the server stops', async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => server.once('listening', resolve))
    const socket = await connect(true)
    const closed = closeOf(socket)
    endSockets(server)
    expect(await closed).toBe(1001)
  })
})
