import { watch } from 'node:fs'

/** Rings when something in a folder changed; where watching does not work, the waiter's own clock does. */
export interface FolderBell {
  /** Resolves at the next ring, after the time, or when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  close(): void
}

export function openFolderBell(folder: string): FolderBell {
  let rung = false
  let wake = () => undefined as void
  const ring = () => {
    rung = true
    wake()
  }
  const watcher = watchFolder(folder, ring)
  return {
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          wake = () => undefined
          rung = false
          resolve()
        }
        const timer = setTimeout(done, milliseconds)
        signal.addEventListener('abort', done)
        wake = done
        if (rung || signal.aborted) done()
      }),
    close: () => watcher?.close(),
  }
}

function watchFolder(folder: string, ring: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, ring)
    watcher.on('error', () => undefined)
    return watcher
  } catch {
    return undefined
  }
}
