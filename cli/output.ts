import type { ErrorCode } from '../model/error.ts'
import { codedError } from '../runtime/coded-error.ts'
import { printable } from '../runtime/printable.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 conflict, 5 not authorised, 6 done with findings, 130 interrupted. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unauthorised: 5,
  findings: 6,
  interrupted: 130,
} as const

const special: Partial<Record<ErrorCode, number>> = {
  usage: exitCodes.usage,
  project_missing: exitCodes.notFound,
  config_key_unknown: exitCodes.notFound,
  already_running: exitCodes.conflict,
  port_in_use: exitCodes.conflict,
}

/** The exit code that stands for an error. */
export function exitCodeOf(error: unknown): number {
  const { code, status } = codedError(error)
  return special[code] ?? byStatus(status)
}

function byStatus(status: number): number {
  if (status === 404) return exitCodes.notFound
  if (status === 409 || status === 412 || status === 428) return exitCodes.conflict
  return status === 401 || status === 403 ? exitCodes.unauthorised : exitCodes.failed
}

/** Tells a failure on standard error: `code: message`, then what mends it; as one JSON object with `json`. */
export function printError(error: unknown, json: boolean): void {
  const coded = codedError(error)
  if (json) say(JSON.stringify({ code: coded.code, message: coded.message, hint: coded.mend }))
  else {
    say(`${coded.code}: ${coded.message}`)
    say(`  ${coded.mend}`)
    if (coded.code === 'internal' && error instanceof Error && error.stack !== undefined) say(error.stack)
  }
}

/** Talk, on standard error. */
export function say(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}

/** Data, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
