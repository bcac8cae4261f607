import { pino, type Logger } from 'pino'
import { logFile } from './log-files.ts'
import { logLevel } from './log-level.ts'
import { printable } from './printable.ts'

export type { Logger } from 'pino'

/** Bytes that wait for a log that can not be written; what comes then is left out. */
const mostWaiting = 1024 * 1024

/** Keys whose values never reach a log, wherever they stand. */
const secrets = ['token', 'password', 'secret', 'authorization', 'cookie', 'apiKey']

/**
 * A logger of JSON lines into `<folder>/<name>.log`. Secrets are redacted and escape sequences stripped.
 * Without a folder it writes to standard error. `config_invalid` for a wrong `GEMBA_LOG_LEVEL`.
 */
export function createLogger(name: string, folder?: string): Logger {
  const destination =
    folder === undefined
      ? pino.destination({ fd: 2, sync: true })
      : pino.destination({
          ...{ dest: logFile(folder, name), mkdir: true, sync: false, append: true, mode: 0o600 },
          // What can not be written waits, but not without end.
          maxLength: mostWaiting,
        })
  // On a full disk a log goes without, and begins again with its next line once there is room; unheard, it would end us.
  destination.on('error', () => undefined)
  return pino(
    {
      name,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      level: logLevel(),
      redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      formatters: { log: (fields) => withoutEscapes(fields) },
      hooks: {
        logMethod(args, method) {
          const clean = args.map((arg) => (typeof arg === 'string' ? printable(arg) : arg))
          method.apply(this, clean as Parameters<typeof method>)
        },
      },
    },
    destination,
  )
}

function withoutEscapes(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? printable(value) : value]),
  )
}
