import { setTimeout as sleep } from 'node:timers/promises'
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { LogLevel, WorkerOptions } from '@temporalio/worker'
import type { Logger } from 'pino'
import { sealedBy, type TemporalAddress } from '../temporal/connect.ts'

export interface DurableWorkerOptions {
  readonly temporal: TemporalAddress
  readonly options: Omit<WorkerOptions, 'connection' | 'namespace'>
  readonly logger: Logger
  /** Called when the worker can no longer be trusted to poll: only leaving the process helps. */
  readonly onFailed: (why: string) => void
}

export interface DurableWorker {
  /** Resolves when it polls for the first time. */
  readonly polling: Promise<void>
  close(): Promise<void>
}

const watchEveryMs = 1_000

/**
 * A Temporal worker that is there whenever Temporal is: it connects however long that takes. A worker whose polls are
 * refused ends in a silent failed state (measured), so a watchdog looks at its state and reports it.
 */
export function startDurableWorker({ temporal, options, logger, onFailed }: DurableWorkerOptions): DurableWorker {
  logThrough(logger)
  const stopped = new AbortController()
  let worker: Worker | undefined
  const polling = Promise.withResolvers<void>()
  polling.promise.catch(() => undefined)

  const running = (async () => {
    const connection = await connect(temporal, stopped.signal)
    try {
      worker = await Worker.create({ ...options, connection, namespace: temporal.namespace, ...sealedBy(temporal) })
      const watch = setInterval(() => {
        if (worker?.getState() === 'FAILED') onFailed('the worker stopped polling')
      }, watchEveryMs)
      const run = worker.run().finally(() => clearInterval(watch))
      polling.resolve()
      if (stopped.signal.aborted) worker.shutdown()
      await run
    } finally {
      await connection.close()
    }
  })().catch((error: unknown) => {
    polling.reject(error instanceof Error ? error : new Error(String(error)))
    if (stopped.signal.aborted) return
    logger.error({ err: error }, 'the worker failed')
    onFailed(String(error))
  })

  return {
    polling: polling.promise,
    async close() {
      stopped.abort()
      if (worker?.getState() === 'RUNNING') worker.shutdown()
      await running
    },
  }
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
}

/**
 * Temporal's words go into our log, line by line, and not to standard output: there its native part ends the process's
 * threads when the disk is full.
 */
function logThrough(logger: Logger): void {
  const own = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { error, ...fields } = { ...meta }
    logger[levels[level]](error === undefined ? fields : { ...fields, err: error }, message)
  })
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' })
  Runtime.install({ logger: own, telemetryOptions: { logging: { forward: {}, filter } } })
}

async function connect(temporal: TemporalAddress, stopped: AbortSignal): Promise<NativeConnection> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await NativeConnection.connect({ address: temporal.address })
    } catch (error) {
      if (stopped.aborted) throw error
      await sleep(wait, undefined, { signal: stopped })
    }
  }
}
