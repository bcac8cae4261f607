import { randomInt } from 'node:crypto'
import { freePort } from './free-port.ts'

export interface HiddenAddress {
  readonly host: string
  readonly port: number
}

/**
 * A free place on the loopback that can not be guessed from outside: where the system has all of 127.0.0.0/8 as its
 * loopback, as Linux has, any address of it, else a port of 127.0.0.1. It hides what knows no sign-in from web pages; it
 * is no lock, since programs of this machine can look it up.
 */
export async function hiddenAddress(): Promise<HiddenAddress> {
  const any = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`
  const port = process.platform === 'linux' ? await freePort(any).catch(() => undefined) : undefined
  return port === undefined ? { host: '127.0.0.1', port: await freePort() } : { host: any, port }
}
