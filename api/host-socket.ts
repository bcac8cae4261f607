import type { FastifyBaseLogger } from 'fastify'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import type { HostMessage } from '../model/host-stream.ts'
import { parseJson } from '../model/json.ts'
import { hostMessage, maxHostMessage } from '../model/schema/host-stream.ts'
import type { HostHub } from './host-hub.ts'
import { closeSoon } from './web-sockets.ts'

const isHostMessage = Compile(hostMessage)

/** Bytes that may wait in the server for a host that does not read. */
const bufferLimit = 4 * 1024 * 1024

/** Ties a host's WebSocket to the hub. A message that is too large or not understood ends the connection. */
export function serveHost(socket: WebSocket, host: string, hub: HostHub, log: FastifyBaseLogger): void {
  const receiver = hub.attach(host, {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > bufferLimit) return socket.terminate()
      socket.send(JSON.stringify(message))
    },
    close: (code, reason) => closeSoon(socket, code, reason),
  })
  socket.on('message', (data: Buffer, isBinary) => {
    const message = isBinary || data.byteLength > maxHostMessage ? undefined : parse(data.toString())
    if (message !== undefined) return receiver.receive(message)
    log.warn({ host, bytes: data.byteLength }, 'a host sent what is not a message')
    closeSoon(socket, 4400, 'not understood')
  })
  socket.once('close', () => receiver.closed())
}

function parse(text: string): HostMessage | undefined {
  const message = parseJson(text)
  return isHostMessage.Check(message) ? message : undefined
}
