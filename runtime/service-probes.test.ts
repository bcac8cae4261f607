import { createServer as createHttp2Server } from 'node:http2'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { freePort } from './free-port.ts'
import { grpcServes, sqlGreets } from './service-probes.ts'

const releases: (() => unknown)[] = []

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

function listening(server: Server | ReturnType<typeof createHttp2Server>): Promise<number> {
  releases.push(() => server.close())
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** Accepts and says nothing, as a stopped process does whose backlog the kernel fills. */
function mute(): Promise<number> {
  return listening(createServer((socket) => releases.push(() => socket.destroy())))
}

/** Answers every call with these bytes of a message. */
function answering(message: readonly number[]): Promise<number> {
  const server = createHttp2Server()
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]))
  })
  return listening(server)
}

it('a SQL server that greets, one that only listens, and none', async () => {
  const greeting = await listening(createServer((socket) => socket.end('J5.7.9-Vitess')))
  expect(await sqlGreets(greeting)).toBe(true)
  expect(await sqlGreets(await mute(), 200)).toBe(false)
  expect(await sqlGreets(await freePort())).toBe(false)
})

it('a gRPC server that serves, one that does not yet, one that only listens, and none', async () => {
  expect(await grpcServes(await answering([8, 1]), 'x')).toBe(true)
  expect(await grpcServes(await answering([8, 2]), 'x')).toBe(false)
  expect(await grpcServes(await mute(), 'x', 200)).toBe(false)
  expect(await grpcServes(await freePort(), 'x')).toBe(false)
})
