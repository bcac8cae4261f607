import { createServer } from 'node:net'
import { GembaError } from '../model/error.ts'
import { isCode } from './secret.ts'

/** A port on the loopback that was free a moment ago. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return probe(host, 0)
}

/** Fails with `port_in_use` when another program listens there. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port !== 0) await probe(host, port)
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
    server.once('error', (error) => {
      reject(
        isCode(error, 'EADDRINUSE')
          ? new GembaError('port_in_use', { port: String(port) }, { cause: error })
          : new GembaError('listen_failed', { address: `${host}:${port}`, why: error.message }, { cause: error }),
      )
    })
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const bound = address !== null && typeof address === 'object' ? address.port : port
      server.close(() => resolve(bound))
    })
  })
}
