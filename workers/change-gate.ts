import { GembaError } from '../model/error.ts'

/** Lets changes through, and is closed while the source that they go to is exchanged. */
export interface ChangeGate {
  /** Runs a change; `source_changed` while the gate is closed. */
  during<T>(run: () => Promise<T>): Promise<T>
  /** Runs something once no change is at work, and lets none begin meanwhile; `source_busy` when they do not end. */
  closedWhile<T>(run: () => Promise<T>): Promise<T>
}

/** `drainMs`: how long changes that are at work are waited for; they are neither broken off nor carried over. */
export function changeGate(drainMs: number): ChangeGate {
  let closed = 0
  let atWork = 0
  let idle = (): void => undefined

  function drained(): Promise<void> {
    if (atWork === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new GembaError('source_busy', {})), drainMs)
      idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    async during(run) {
      if (closed > 0) throw new GembaError('source_changed', {})
      atWork += 1
      try {
        return await run()
      } finally {
        atWork -= 1
        if (atWork === 0) idle()
      }
    },
    async closedWhile(run) {
      closed += 1
      try {
        await drained()
        return await run()
      } finally {
        closed -= 1
      }
    },
  }
}
