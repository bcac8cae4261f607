import { checkTime, isoNow, sqlTime } from '../time.ts'
import { textOf, type Fields } from './jsonl-records.ts'

/** `created_at` of a record as a Dolt `datetime`; now when it has none. */
export function timeOf(fields: Fields): string {
  const at = fields['created_at']
  return sqlTime(at === undefined ? isoNow() : checkTime('created_at', textOf(at)))
}
