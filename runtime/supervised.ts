/** What a process started by the supervisor tells it. */
export interface PaneLine {
  readonly session: string
  readonly bead: string
}

export type SupervisedMessage = { readonly ready: true } | { readonly panes: readonly PaneLine[] }

/** The longest that a stop may take; the supervisor ends what is slower. */
const stopWithinMs = 10_000

/**
 * Makes this process a good child of `gemba serve`: it stops when asked by SIGTERM and when the supervisor is gone
 * (the IPC channel ends), once, and exits. `stop` is given a signal that aborts when the time is up.
 * Run by hand, without a supervisor, it also stops at Ctrl-C.
 */
export function supervised(stop: (timeUp: AbortSignal) => Promise<unknown>): (message: SupervisedMessage) => void {
  let stopping = false
  const end = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), stopWithinMs + 500).unref()
    stop(AbortSignal.timeout(stopWithinMs)).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('disconnect', end)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
  return (message) => {
    if (process.connected) process.send?.(message)
  }
}
