import { setTimeout as sleep } from 'node:timers/promises'

const longestWait = 5_000

export interface Trying {
  /** Resolves when the first try has ended, whichever way; never rejects. */
  readonly firstTry: Promise<void>
  /** Resolves when a try has succeeded; rejects only when stopped. */
  readonly done: Promise<void>
  /** Waits no longer for the next try; resolves when it, or the one under way, has ended. */
  again(): Promise<void>
}

/** Tries until it succeeds or is stopped; `failed` hears each reason. */
export function keepTrying(run: () => Promise<void>, stopped: AbortSignal, failed: (why: unknown) => void): Trying {
  const first = Promise.withResolvers<void>()
  let next = first
  let pause = new AbortController()
  const done = (async () => {
    for (let wait = 200; ; wait = Math.min(wait * 2, longestWait)) {
      try {
        return await run()
      } catch (error) {
        failed(error)
        if (stopped.aborted) throw error
      } finally {
        next.resolve()
        next = Promise.withResolvers()
      }
      pause = new AbortController()
      await sleep(wait, undefined, { signal: AbortSignal.any([stopped, pause.signal]) }).catch((error: unknown) => {
        if (stopped.aborted) throw error
      })
    }
  })()
  done.catch(() => undefined)
  return {
    firstTry: first.promise,
    done,
    async again() {
      const ended = next.promise
      pause.abort()
      await Promise.race([ended, done.catch(() => undefined)])
    },
  }
}
