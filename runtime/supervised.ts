import { stat } from 'node:fs/promises'
import type { SourceSelection } from '../model/mode.ts'

/** What a process started by the supervisor tells it. */
export interface PaneLine {
  readonly session: string
  readonly bead: string
}

/** What will keep a process from its work, and what mends it. */
export interface WarningLine {
  readonly code: string
  readonly message: string
  readonly mend: string
}

/** Full mode ends, and Beads-only mode begins on this source. */
export interface BecomesLine {
  readonly becomes: SourceSelection
}

export type SupervisedMessage =
  | BecomesLine
  | { readonly ready: true }
  | { readonly panes: readonly PaneLine[] }
  | { readonly warnings: readonly WarningLine[] }
  | { readonly alive: true }

/** The longest that a stop may take; the supervisor ends what is slower. */
const stopWithinMs = 10_000

/**
 * Makes this process a good child of `gemba serve`: it stops when asked by SIGTERM and when the supervisor is gone
 * (the IPC channel ends), once, and exits. `stop` is given a signal that aborts when the time is up.
 * It answers the supervisor's question whether it is alive: by that its event loop turns and its pool of threads, which
 * the question goes through, works. Run by hand, without a supervisor, it also stops at Ctrl-C.
 */
export function supervised(stop: (timeUp: AbortSignal) => Promise<unknown>): (message: SupervisedMessage) => void {
  let stopping = false
  const tell = (message: SupervisedMessage): void => {
    if (process.connected) process.send?.(message)
  }
  const end = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), stopWithinMs + 500).unref()
    stop(AbortSignal.timeout(stopWithinMs)).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  // They lead into a log; one that can not be written, as on a full disk, is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.once('disconnect', end)
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null || !('areYouAlive' in message)) return
    void stat('.').then(
      () => tell({ alive: true }),
      () => undefined,
    )
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
  return tell
}
