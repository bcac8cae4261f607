import type { BeadSummary, StateCategory } from '../model/bead.ts'
import { GembaError } from '../model/error.ts'
import { parseJson } from '../model/json.ts'

export interface BeadFilter {
  readonly state?: readonly StateCategory[]
  readonly type?: readonly string[]
  readonly label?: readonly string[]
  readonly q?: string
}

/** A place in the order of the list: it stays right when beads come, go and move between two pages. */
type Place = readonly [priority: number, createdAt: string, id: string]

/** A page of the beads that pass the filter: by priority, then newest first, then by id. */
export function beadPage(
  beads: readonly BeadSummary[],
  filter: BeadFilter,
  page: { readonly limit: number; readonly cursor: string | undefined },
): { items: BeadSummary[]; cursor: string | null } {
  const after = page.cursor === undefined ? undefined : decode(page.cursor)
  const rest = beads
    .filter((bead) => passes(bead, filter) && (after === undefined || compare(placeOf(bead), after) > 0))
    .sort((a, b) => compare(placeOf(a), placeOf(b)))
  const items = rest.slice(0, page.limit)
  const last = items.at(-1)
  return { items, cursor: last === undefined || rest.length === items.length ? null : encode(placeOf(last)) }
}

function passes(bead: BeadSummary, filter: BeadFilter): boolean {
  const text = filter.q?.toLowerCase()
  return (
    (filter.state?.includes(bead.state) ?? true) &&
    (filter.type?.includes(bead.type) ?? true) &&
    (filter.label?.every((label) => bead.labels.includes(label)) ?? true) &&
    (text === undefined || bead.id.toLowerCase().includes(text) || bead.title.toLowerCase().includes(text))
  )
}

function placeOf(bead: BeadSummary): Place {
  return [bead.priority, bead.createdAt, bead.id]
}

function compare(a: Place, b: Place): number {
  return a[0] - b[0] || order(b[1], a[1]) || order(a[2], b[2])
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function decode(cursor: string): Place {
  const place = parseJson(Buffer.from(cursor, 'base64url').toString())
  if (isPlace(place)) return place
  throw new GembaError('bad_request', { why: 'querystring.cursor is not one of this list' })
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [priority, createdAt, id]: unknown[] = value
  return typeof priority === 'number' && typeof createdAt === 'string' && typeof id === 'string'
}
