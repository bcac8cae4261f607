import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { GembaError } from '../model/error.ts'
import { listenText, type ListenAddress } from './listen-address.ts'
import { ownPorts } from './own-ports.ts'
import { isCode } from './secret.ts'

/** How often a port is drawn before the system is asked for any at all. */
const draws = 50

/**
 * A port on the loopback that was free a moment ago, drawn from those that no outgoing connection of any program takes
 * between now and when it is listened on, or until the next start. Fails as listening does for an address that is not ours.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const { first, last } = ownPorts()
  for (let draw = 0; draw < draws; draw += 1) {
    const port = await probe(host, randomInt(first, last + 1)).catch((error: unknown) => {
      if (isCode(error, 'EADDRINUSE') || isCode(error, 'EACCES')) return undefined
      throw error
    })
    if (port !== undefined) return port
  }
  return probe(host, 0)
}

/**
 * The port to listen on: the one that is asked for, a free one for 0. Fails with `port_in_use` when another program
 * listens there, and with `listen_failed` when nobody can. `command` is what the person would type to try again; the
 * advice adds a port that is free.
 */
export async function requireFreePort(listen: ListenAddress, command: string): Promise<number> {
  try {
    return await (listen.port === 0 ? freePort(listen.host) : probe(listen.host, listen.port))
  } catch (error) {
    if (!isCode(error, 'EADDRINUSE')) {
      const why = error instanceof Error ? error.message : 'unknown'
      throw new GembaError('listen_failed', { address: listenText(listen), why, command }, { cause: error })
    }
    const other = listenText({ ...listen, port: await nextFreePort(listen) })
    throw new GembaError('port_in_use', { port: String(listen.port), command, other }, { cause: error })
  }
}

/** The first free port behind this one. */
async function nextFreePort({ host, port }: ListenAddress): Promise<number> {
  for (let next = port + 1; next <= Math.min(port + 100, 65_535); next += 1) {
    if (await isPortFree(next, host)) return next
  }
  return 0
}

/** Whether nobody listens there. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return probe(host, port).then(
    () => true,
    () => false,
  )
}

function probe(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const bound = address !== null && typeof address === 'object' ? address.port : port
      server.close(() => resolve(bound))
    })
  })
}
