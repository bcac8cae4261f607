import { isIPv6 } from 'node:net'

const windowMs = 60_000
const tries = 10
/** Addresses that are remembered; of more, the one heard first is forgotten. */
const most = 1_000

/**
 * Counts wrong tokens by address: ten a minute, the rest is told to wait. Who shows the right one is never kept out,
 * because all programs of one machine share an address; a token is too long to be guessed either way.
 */
export class WrongTries {
  readonly #counts = new Map<string, { count: number; until: number }>()

  /** Notes one more. Seconds to wait when there were too many, else 0. */
  note(address: string): number {
    const key = networkOf(address)
    const now = Date.now()
    const known = this.#counts.get(key)
    const current = known !== undefined && known.until > now ? known : { count: 0, until: now + windowMs }
    this.#counts.delete(key)
    const [oldest] = this.#counts.keys()
    if (oldest !== undefined && this.#counts.size >= most) this.#counts.delete(oldest)
    this.#counts.set(key, { ...current, count: current.count + 1 })
    return current.count < tries ? 0 : Math.ceil((current.until - now) / 1_000)
  }

  /** Whether the last one of this address is worth a record: the first ones of a minute, and the first that was one too many. */
  isWorthRecord(address: string): boolean {
    return (this.#counts.get(networkOf(address))?.count ?? 0) <= tries + 1
  }

  get size(): number {
    return this.#counts.size
  }
}

/** One owner has a whole /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::', 2)
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''))
  const groups = [...(left ?? []), ...Array<string>(8).fill('0', 0, 8 - (left?.length ?? 0) - (right?.length ?? 0))]
  return groups.slice(0, 4).join(':')
}
