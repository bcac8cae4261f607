import { pino, type Logger } from 'pino'
import { logFile } from './log-files.ts'
import { printable } from './printable.ts'

export type { Logger } from 'pino'

/** Keys whose values never reach a log, wherever they stand. */
const secrets = ['token', 'password', 'secret', 'authorization', 'cookie', 'apiKey']

/**
 * A logger of JSON lines into `<folder>/<name>.log`. Secrets are redacted and escape sequences stripped.
 * Without a folder it writes to standard error.
 */
export function createLogger(name: string, folder?: string): Logger {
  const destination =
    folder === undefined
      ? pino.destination({ fd: 2, sync: true })
      : pino.destination({ dest: logFile(folder, name), mkdir: true, sync: false, append: true, mode: 0o600 })
  return pino(
    {
      name,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      level: process.env['GEMBA_LOG_LEVEL'] ?? 'info',
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
