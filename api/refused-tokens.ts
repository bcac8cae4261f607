import type { FastifyRequest } from 'fastify'
import type { GembaError } from '../model/error.ts'
import type { Store } from '../store/store.ts'

const windowMs = 60_000
/** Refusals that are recorded in a minute, from all addresses together. */
const most = 60

/**
 * Leaves a trace of each refused token, its text never in it: a line in the log and a row in the audit table. Of many in
 * a minute only the first are recorded, and one line says so: nobody fills the disk by guessing.
 */
export class RefusedTokens {
  readonly #store: Pick<Store, 'audit'>
  #count = 0
  #until = 0

  constructor(store: Pick<Store, 'audit'>) {
    this.#store = store
  }

  record(request: FastifyRequest, refusal: GembaError): void {
    const now = Date.now()
    if (now >= this.#until) [this.#count, this.#until] = [0, now + windowMs]
    this.#count += 1
    if (this.#count === most + 1) request.log.warn('more tokens are refused in this minute than are recorded')
    if (this.#count > most) return
    const { ip, method } = request
    // What follows the question mark may be a ticket.
    const path = request.url.split('?', 1)[0] ?? ''
    const { code, status } = refusal
    request.log.warn({ ip, method, path, code }, 'a token was refused')
    void this.#store
      .audit({ subject: `refused:${ip}`, method, path, status, code, nonce: null })
      .catch((err: unknown) => request.log.error({ err }, 'a refused token was not recorded'))
  }
}
