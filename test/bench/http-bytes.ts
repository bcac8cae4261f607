import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import type { ApiClient } from '../system/api-client.ts'
import type { Bench } from './bench-scope.ts'
import { repeated, type Finding } from './measure.ts'

/** One address read again and again over one connection: how long it takes, and how much came through the socket. */
export async function readAgain(
  bench: Bench,
  api: ApiClient,
  path: string,
  what: string,
  aims: { readonly ms?: number; readonly kB?: number } = {},
): Promise<Finding[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  bench.onClose(() => agent.destroy())
  for (let n = 0; n < 3; n += 1) await received(agent, api, path)
  let bytes = 0
  const samples = await repeated(50, async () => (bytes = await received(agent, api, path)))
  return [
    { what, unit: 'ms', samples, ...(aims.ms === undefined ? {} : { aims: [{ at: 'p95', most: aims.ms }] }) },
    {
      what: '… bytes on the wire',
      unit: 'kB',
      samples: [bytes / 1_000],
      ...(aims.kB === undefined ? {} : { aims: [{ at: 'p50', most: aims.kB }] }),
    },
  ]
}

/** Bytes of one answer as they came through the socket, head included. */
function received(agent: Agent, api: ApiClient, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${api.token}`, 'accept-encoding': 'br, gzip' }
    const asked = request(`${api.base}${path}`, { agent, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${path}: HTTP ${response.statusCode}`))
      response.resume()
      response.on('error', reject)
      response.on('end', () => resolve((socket?.bytesRead ?? NaN) - before))
    })
    let socket: Socket | undefined
    let before = 0
    asked.once('socket', (given) => {
      socket = given
      before = given.bytesRead
    })
    asked.on('error', reject)
    asked.end()
  })
}
