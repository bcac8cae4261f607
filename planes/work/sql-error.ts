import { GembaError } from '../../model/error.ts'
import { withoutLogins } from '../../runtime/url-secrets.ts'

const unavailable: readonly (string | number)[] = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'POOL_CLOSED', 'ER_SERVER_SHUTDOWN'],
  ...[1040, 1053, 1129, 1130, 2006, 2013],
]
const conflict: readonly number[] = [1205, 1213]
const notLetIn: readonly number[] = [1044, 1045, 1698]
const noDatabase: readonly number[] = [1046, 1049]
const refused: readonly number[] = [1142, 1143, 1290, 1370, 1792, 1836]
const unknownShape: readonly number[] = [1054, 1146]
const badValue: readonly number[] = [1264, 1292, 1366, 1406, 3140]

/** What went wrong, in words of the catalogue. Passes a `GembaError` on. */
export function fromSqlError(error: unknown): GembaError {
  if (error instanceof GembaError) return error
  const { errno, sqlState, message } = describe(error)
  const why = withoutLogins(message.slice(0, 2_000)).slice(0, 300)
  const fail = (name: ConstructorParameters<typeof GembaError>[0]): GembaError =>
    new GembaError(name, { why }, { cause: error })
  // Dolt gives no number of its own to a login that may not see the database.
  if (notLetIn.includes(errno) || /^access denied/i.test(message)) return fail('beads_login_refused')
  if (noDatabase.includes(errno)) return fail('beads_database_missing')
  // Dolt's words for a login that has to come over TLS; they have no number of their own.
  const insecure = errno === 3159 || /insecure connections/i.test(message)
  if (isLostConnection(error) || unavailable.includes(errno) || insecure) return fail('work_plane_unavailable')
  if (conflict.includes(errno) || sqlState === '40001') return fail('work_plane_conflict')
  if (refused.includes(errno) || /command denied|is read.?only/i.test(message)) return fail('read_only')
  if (unknownShape.includes(errno) || /could not be found in any table|table not found/i.test(message))
    return fail('work_plane_schema')
  if (badValue.includes(errno) || /too (long|large) for column/i.test(message)) return fail('bead_invalid')
  return fail('internal')
}

/** Whether the connection is of no more use. */
export function isLostConnection(error: unknown): boolean {
  const { code, message, fatal } = describe(error)
  return (
    fatal || unavailable.includes(code) || /closed state|connection (was )?(closed|lost)|Pool is closed/i.test(message)
  )
}

/** Whether the server was there and did not answer: asking again would only wait again. */
export function isSilence(error: unknown): boolean {
  return ['PROTOCOL_SEQUENCE_TIMEOUT', 'ETIMEDOUT'].includes(describe(error).code)
}

/** Dolt's way to say that staged and committed are the same. */
export function isNothingToCommit(error: unknown): boolean {
  return /nothing to commit/i.test(describe(error).message)
}

interface Description {
  readonly errno: number
  readonly code: string
  readonly sqlState: string
  readonly message: string
  readonly fatal: boolean
}

function describe(error: unknown): Description {
  const of: Readonly<Record<string, unknown>> = typeof error === 'object' && error !== null ? { ...error } : {}
  return {
    errno: typeof of['errno'] === 'number' ? of['errno'] : 0,
    code: typeof of['code'] === 'string' ? of['code'] : '',
    sqlState: typeof of['sqlState'] === 'string' ? of['sqlState'] : '',
    message: error instanceof Error ? error.message : String(error),
    fatal: of['fatal'] === true,
  }
}
