import { GembaError } from '../../model/error.ts'

/** A Dolt `datetime` as ISO 8601 in UTC with whole seconds. */
export function isoTime(sql: string): string {
  return `${sql.slice(0, 10)}T${sql.slice(11, 19)}Z`
}

export function isoTimeOrNull(sql: string | null): string | null {
  return sql === null ? null : isoTime(sql)
}

/** This moment as ISO 8601 with whole seconds, cut off: never in the future. */
export function isoNow(): string {
  return isoSecond(new Date())
}

/** A date of ours as a Dolt `datetime`. */
export function sqlTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}

const iso8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/

/** Reads a time that came from outside; fractions of a second are cut off. `bead_invalid` names the field. */
export function checkTime(field: string, value: string): string {
  const time = new Date(value)
  const year = time.getUTCFullYear()
  if (iso8601.test(value) && year >= 1000 && year <= 9999) return isoSecond(time)
  throw new GembaError('bead_invalid', { why: `${field} is not a time (ISO 8601 with a time zone)` })
}

function isoSecond(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}
