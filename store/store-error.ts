import { GembaError } from '../model/error.ts'

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
/** Too many connections, admin shutdown, crash shutdown, not yet accepting; class 08 is matched apart. */
const unavailableStates = new Set(['53300', '57P01', '57P02', '57P03', '57014', '25P03'])
const connectionWords =
  /connection (?:terminated|ended|error)|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|client was closed|discarded/i

/** What pg says when the peer fell silent: no answer although the server's own limit has passed. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

/** Whether the database could not be reached or went away, so that nobody knows whether the statement took effect. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof GembaError) return error.code === 'store_unavailable'
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect'
  if (code !== '') return connectionCodes.has(code) || unavailableStates.has(code) || /^08...$/.test(code)
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  return connectionWords.test(error.message) || isUnavailable(error.cause)
}

/** Runs one method of the store. A lost database is `store_unavailable`, a full disk `disk_full`; the rest goes through. */
export async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw asStoreError(error)
  }
}

function asStoreError(error: unknown): unknown {
  if (error instanceof GembaError || !(error instanceof Error)) return error
  if (codeOf(error) === '53100') return new GembaError('disk_full', { path: 'the store' }, { cause: error })
  if (codeOf(error) === '22021') {
    return new GembaError('bad_request', { why: 'a text holds a character that can not be stored' }, { cause: error })
  }
  if (!isUnavailable(error)) return error
  const why = error.message || codeOf(error) || 'no answer'
  return new GembaError('store_unavailable', { why }, { cause: error })
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
