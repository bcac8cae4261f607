import { GembaError } from '../../model/error.ts'
import type { BeadsExchange } from '../../model/exchange.ts'

/** The exchange of a source that beads can not be taken in or out of by lines: each use is refused with the reason. */
export function noExchange(why: string): BeadsExchange {
  const refuse = async (): Promise<never> => {
    throw new GembaError('exchange_unsupported', { why })
  }
  return { export: refuse, plan: refuse, import: refuse }
}
