import { digestOfSecret, newSecret } from './secrets.ts'

const goodMs = 30_000
const most = 1_000

interface Issued {
  readonly signIn: string | null
  readonly path: string
  readonly until: number
}

/**
 * What a browser shows where it can send no header: good once, for half a minute, for one path, and only with the cookie
 * of the sign-in that asked for it.
 */
export class Tickets {
  readonly #issued = new Map<string, Issued>()

  issue(signIn: string | null, path: string): { ticket: string; expiresAt: string } {
    const now = Date.now()
    for (const [digest, { until }] of this.#issued) if (until <= now) this.#issued.delete(digest)
    const [oldest] = this.#issued.keys()
    if (oldest !== undefined && this.#issued.size >= most) this.#issued.delete(oldest)
    const ticket = newSecret()
    this.#issued.set(digestOfSecret(ticket), { signIn, path, until: now + goodMs })
    return { ticket, expiresAt: new Date(now + goodMs).toISOString() }
  }

  /** True the first time, when all is as it was issued for. */
  take(ticket: string, signIn: string, path: string): boolean {
    const digest = digestOfSecret(ticket)
    const issued = this.#issued.get(digest)
    this.#issued.delete(digest)
    return issued?.signIn === signIn && issued.path === path && issued.until > Date.now()
  }
}
