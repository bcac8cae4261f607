import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { GembaError } from '../model/error.ts'
import type { Snapshot } from '../model/event.ts'
import type { Database, SnapshotTable } from './database.ts'
import { jsonText } from './json-text.ts'
import type { Store } from './store.ts'

type Query = Parameters<Store['snapshots']>[0]
type Page = Awaited<ReturnType<Store['snapshots']>>

/** Bytes of JSON that a snapshot's state, and its view, may have. */
export const snapshotLimit = 64 * 1024

/** Stores a snapshot unless the same or a later revision is there; returns the revision that is there now. Call it under the log's lock: positions then follow commits. */
export async function putSnapshot(trx: Transaction<Database>, snapshot: Snapshot): Promise<number> {
  const { kind, id, project, schema, revision, open } = snapshot
  const [view, state] = [bounded(snapshot.view), bounded(snapshot.state)]
  const stored = await trx
    .insertInto('snapshot')
    .values({ kind, id, project, schema, revision, open, view, state, position: sql`nextval('snapshot_position')` })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'id'])
        .doUpdateSet({
          project,
          schema,
          revision,
          open,
          view,
          state,
          position: sql`excluded.position`,
          updated_at: sql`now()`,
        })
        .where('snapshot.revision', '<', revision),
    )
    .returning('revision')
    .executeTakeFirst()
  if (stored !== undefined) return stored.revision
  const kept = trx.selectFrom('snapshot').select('revision').where('kind', '=', kind).where('id', '=', id)
  return (await kept.executeTakeFirstOrThrow()).revision
}

export async function findSnapshot(
  db: Kysely<Database>,
  kind: Snapshot['kind'],
  id: string,
): Promise<Snapshot | undefined> {
  const row = await db
    .selectFrom('snapshot')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : fromRow(row)
}

/** A page, the one written last first. What is written again while somebody pages moves to the front, out of their way. */
export async function listSnapshots(db: Kysely<Database>, query: Query): Promise<Page> {
  const limit = Math.min(Math.max(Math.trunc(query.limit), 1), 1000)
  let select = db
    .selectFrom('snapshot')
    .selectAll()
    .where('kind', '=', query.kind)
    .where('project', '=', query.project)
    .orderBy('position', 'desc')
    .limit(limit + 1)
  if (query.open !== undefined) select = select.where('open', '=', query.open)
  if (query.cursor !== undefined) select = select.where('position', '<', positionOf(query.cursor))
  const rows = await select.execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(fromRow), cursor: rows.length > limit && last !== undefined ? String(last.position) : null }
}

/** The number in a cursor. Throws `bad_request` for what no page ended with. */
export function positionOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new GembaError('bad_request', { why: 'cursor is not one that a page ended with' })
}

function bounded(part: unknown): string {
  const text = jsonText(part)
  if (Buffer.byteLength(text) > snapshotLimit) throw new GembaError('too_large', { limit: '64 KiB for a snapshot' })
  return text
}

function fromRow(row: Selectable<SnapshotTable>): Snapshot {
  const { kind, id, project, schema, revision, open, view, state } = row
  return { kind, id, project, schema, revision, open, view, state }
}
