import { kept } from './kept.ts'

const units: readonly (readonly [limit: number, divisor: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [3_600, 60, 'minute'],
  [86_400, 3_600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

const keptAtMost = 5_000
const dayOfMoment = kept((iso) => day.format(new Date(iso)), keptAtMost)
const wholeOfMoment = kept((iso) => whole.format(new Date(iso)), keptAtMost)

/** "just now", "4m ago", "3 Nov 2026". Empty for what has no time. */
export function ago(iso: string | null, now: number): string {
  if (iso === null) return ''
  const seconds = Math.round((now - Date.parse(iso)) / 1_000)
  if (!Number.isFinite(seconds)) return ''
  if (seconds < 45) return 'just now'
  const fit = units.find(([limit]) => seconds < limit)
  return fit === undefined ? dayOfMoment(iso) : relative.format(-Math.max(1, Math.round(seconds / fit[1])), fit[2])
}

/** How long something has gone on: "1 min", "3 h", "2 d". */
export function lasting(since: string, now: number): string {
  const minutes = Math.max(1, Math.round((now - Date.parse(since)) / 60_000))
  if (minutes < 60) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}

/** "3 Nov 2026", in the time of this browser. */
export function dayOf(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? '' : dayOfMoment(iso)
}

/** Day and time to the second with its zone, for titles. */
export function moment(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : wholeOfMoment(iso)
}

/** Time of day, for timelines. */
export function timeOfDay(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : clock.format(new Date(iso))
}

/** The day of an ISO time as date fields have it, in the time of this browser. Empty for none. */
export function dayField(iso: string | null): string {
  if (iso === null || Number.isNaN(Date.parse(iso))) return ''
  const at = new Date(iso)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** When the day of a date field begins in this browser, as an ISO time; null for an empty field. */
export function instantOfDay(day: string): string | null {
  const at = new Date(`${day}T00:00:00`)
  return Number.isNaN(at.getTime()) ? null : `${at.toISOString().slice(0, 19)}Z`
}
