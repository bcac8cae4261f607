import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { hiddenAddress } from './hidden-address.ts'

test('a hidden address is free, on the loopback, and another each time', async () => {
  const addresses = await Promise.all(Array.from({ length: 5 }, () => hiddenAddress()))
  for (const { host, port } of addresses) {
    expect(host).toMatch(/^127\./)
    const server = createServer().listen({ host, port })
    await once(server, 'listening')
    server.close()
  }
  const places = new Set(addresses.map(({ host, port }) => (process.platform === 'linux' ? host : port)))
  expect(places.size).toBe(addresses.length)
})
