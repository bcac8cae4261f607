import type { Snapshot } from '../model/event.ts'
import type { Store } from '../store/store.ts'

export interface SnapshotQuery {
  readonly kind: Snapshot['kind']
  readonly project: string
  readonly open: boolean | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

/** A page of published views, open ones before closed ones. Our cursor is `o:` or `c:` and the store's. */
export async function snapshotPage(
  store: Store,
  query: SnapshotQuery,
): Promise<{ items: unknown[]; cursor: string | null }> {
  const [, phase, after] = /^([oc]):(.*)$/s.exec(query.cursor ?? '') ?? []
  const inOpen = phase === undefined ? query.open !== false : phase === 'o'
  const first = await read(store, query, inOpen, query.limit, after)
  const goesOn = inOpen && query.open === undefined && first.cursor === null
  if (!goesOn) return first
  const room = query.limit - first.items.length
  if (room === 0) return { items: first.items, cursor: 'c:' }
  const rest = await read(store, query, false, room, undefined)
  return { items: [...first.items, ...rest.items], cursor: rest.cursor }
}

async function read(
  store: Store,
  query: SnapshotQuery,
  open: boolean,
  limit: number,
  after: string | undefined,
): Promise<{ items: unknown[]; cursor: string | null }> {
  const page = await store.snapshots({
    kind: query.kind,
    project: query.project,
    open,
    limit,
    ...(after === undefined || after === '' ? {} : { cursor: after }),
  })
  const cursor = page.cursor === null ? null : `${open ? 'o' : 'c'}:${page.cursor}`
  return { items: page.items.map((snapshot) => snapshot.view), cursor }
}
