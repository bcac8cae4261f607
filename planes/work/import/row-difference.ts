import type { SqlValue } from '../database.ts'

type Row = Readonly<Record<string, unknown>>

/** Names, sorted, of the columns in which a row to store says something else than the row that is there. */
export function differingColumns(row: Readonly<Record<string, SqlValue>>, present: Row): string[] {
  return Object.keys(row)
    .filter((name) => name !== 'content_hash' && plain(row[name]) !== plain(present[name]))
    .sort()
}

/** The same text for what means the same: Beads does not tell nothing, empty and zero apart. */
function plain(value: unknown): string {
  const json = typeof value === 'string' && /^[{[]/.test(value) ? parsed(value) : value
  if (json === null || json === undefined || json === '' || json === 0 || json === false) return ''
  const text = typeof json === 'object' ? sorted(json) : json === true ? '1' : String(json as string | number)
  return text === '{}' ? '' : text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** JSON with its keys in order; Dolt keeps them in one of its own. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
