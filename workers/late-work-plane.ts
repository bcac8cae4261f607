import { setTimeout as sleep } from 'node:timers/promises'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { retriedCodes } from '../temporal/contracts/retry.ts'
import type { RawSource } from './open-folder.ts'

export interface LateWorkPlane {
  /** Refuses until the real one is there: as opening it failed last, or with `work_plane_unavailable`. */
  readonly plane: WorkPlane
  /** Likewise. */
  readonly exchange: BeadsExchange
  /** Resolves with the real one; rejects only when stopped. */
  readonly opened: Promise<WorkPlane>
}

/** Opens a work plane in the background, however long its database takes to answer. */
export function openLate(open: () => Promise<RawSource>, stopped: AbortSignal): LateWorkPlane {
  let real: RawSource | undefined
  let failure = new GembaError('work_plane_unavailable', { why: 'it has not been reached yet' })
  const opened = (async () => {
    for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        real = await open()
        return real.raw
      } catch (error) {
        if (stopped.aborted) throw error
        failure = retriable(error)
        await sleep(wait, undefined, { signal: stopped })
      }
    }
  })()
  const refuse = (): Promise<never> => Promise.reject(failure)
  const plane = new Proxy({} as WorkPlane, {
    get(_, method) {
      if (method === 'then') return undefined
      // Not every plane has every method.
      if (real !== undefined) return Reflect.get(real.raw, method)?.bind(real.raw)
      return method === 'disconnect' ? () => Promise.resolve() : refuse
    },
  })
  const exchange = async (): Promise<BeadsExchange> => real?.exchange ?? refuse()
  return {
    plane,
    exchange: {
      export: async (format, write) => (await exchange()).export(format, write),
      plan: async (texts, options) => (await exchange()).plan(texts, options),
      import: async (texts, options) => (await exchange()).import(texts, options),
    },
    opened,
  }
}

/** Opening is tried again and again, so that what needs the plane may be tried again as well. */
function retriable(error: unknown): GembaError {
  if (error instanceof GembaError && retriedCodes.includes(error.code)) return error
  const why = error instanceof Error ? error.message : String(error)
  return new GembaError('work_plane_unavailable', { why }, { cause: error })
}
