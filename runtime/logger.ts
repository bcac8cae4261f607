import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { printable } from './printable.ts'

export type { Logger } from 'pino'

/** Keys whose values never reach a log, wherever they stand. */
const secrets = ['token', 'password', 'secret', 'authorization', 'cookie', 'apiKey']

/** Bytes after which a log is set aside at the next start; one older log is kept. */
const rotateAt = 10 * 1024 * 1024

/**
 * A logger of JSON lines into `<folder>/<name>.log`. Secrets are redacted and escape sequences stripped.
 * Without a folder it writes to standard error.
 */
export function createLogger(name: string, folder?: string): Logger {
  const destination =
    folder === undefined
      ? pino.destination({ fd: 2, sync: true })
      : pino.destination({ dest: rotated(folder, name), mkdir: true, sync: false, append: true, mode: 0o600 })
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

/** Opens a child's raw log for appending; the caller closes the descriptor. */
export function openLog(folder: string, name: string): number {
  return openSync(rotated(folder, name), 'a', 0o600)
}

/** The last `limit` bytes of a log, safe to print. */
export function logTail(file: string, limit = 2_000): string {
  const size = sizeOf(file)
  if (size === 0) return ''
  const buffer = Buffer.alloc(Math.min(size, limit))
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
  } finally {
    closeSync(descriptor)
  }
  return printable(buffer.toString('utf8')).trim()
}

function rotated(folder: string, name: string): string {
  const file = join(folder, `${name}.log`)
  if (sizeOf(file) > rotateAt) {
    rmSync(`${file}.1`, { force: true })
    renameSync(file, `${file}.1`)
  }
  return file
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function withoutEscapes(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? printable(value) : value]),
  )
}
