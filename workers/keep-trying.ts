import { setTimeout as sleep } from 'node:timers/promises'

const longestWait = 5_000

/** Tries until it succeeds or is stopped; `failed` hears each reason. `firstTry` never rejects, `done` only when stopped. */
export function keepTrying(
  run: () => Promise<void>,
  stopped: AbortSignal,
  failed: (why: unknown) => void,
): { readonly firstTry: Promise<void>; readonly done: Promise<void> } {
  const tried = Promise.withResolvers<void>()
  const done = (async () => {
    for (let wait = 200; ; wait = Math.min(wait * 2, longestWait)) {
      try {
        return await run()
      } catch (error) {
        failed(error)
        if (stopped.aborted) throw error
      } finally {
        tried.resolve()
      }
      await sleep(wait, undefined, { signal: stopped })
    }
  })()
  done.catch(() => undefined)
  return { firstTry: tried.promise, done }
}
