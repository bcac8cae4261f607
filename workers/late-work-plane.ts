import { setTimeout as sleep } from 'node:timers/promises'
import { GembaError } from '../model/error.ts'
import type { WorkPlane } from '../model/work-plane.ts'

export interface LateWorkPlane {
  /** Refuses with `work_plane_unavailable` until the real one is there. */
  readonly plane: WorkPlane
  /** Resolves with the real one; rejects only when stopped. */
  readonly opened: Promise<WorkPlane>
}

/** Opens a work plane in the background, however long its database takes to answer. */
export function openLate(open: () => Promise<WorkPlane>, stopped: AbortSignal): LateWorkPlane {
  let real: WorkPlane | undefined
  let why = 'it has not been reached yet'
  const opened = (async () => {
    for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        real = await open()
        return real
      } catch (error) {
        if (stopped.aborted) throw error
        why = error instanceof Error ? error.message : String(error)
        await sleep(wait, undefined, { signal: stopped })
      }
    }
  })()
  const refuse = (): Promise<never> => Promise.reject(new GembaError('work_plane_unavailable', { why }))
  const plane = new Proxy({} as WorkPlane, {
    get(_, method) {
      if (method === 'then') return undefined
      // Not every plane has every method.
      if (real !== undefined) return Reflect.get(real, method)?.bind(real)
      return method === 'disconnect' ? () => Promise.resolve() : refuse
    },
  })
  return { plane, opened }
}
