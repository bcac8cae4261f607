import { sql, type Kysely, type Transaction } from 'kysely'
import type { GembaEvent, NewEvent, Publication } from '../model/event.ts'
import type { Database } from './database.ts'
import { EventFeed } from './event-feed.ts'
import { fromEventRow, toEventRow } from './event-row.ts'
import { positionOf, putSnapshot } from './snapshots.ts'
import { isUnavailable } from './store-error.ts'
import type { Published, Store, ToldBead } from './store.ts'
import { noteTold } from './told-beads.ts'

type HistoryQuery = Parameters<Store['sessionEvents']>[0]
type HistoryPage = Awaited<ReturnType<Store['sessionEvents']>>

/** Key of the advisory lock that every writer of the log holds to its commit. */
const logLock = 7_666_002
/** Rows of one insert; Postgres takes at most 65,535 parameters. */
const rowsAtOnce = 1000

/** The event log (design: "Event log"): numbers without a gap, in the order of commit. */
export class EventLog {
  readonly #db: Kysely<Database>
  readonly #feed: EventFeed
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(db: Kysely<Database>, last: number) {
    this.#db = db
    this.#feed = new EventFeed(last, {
      read: (after, limit) => this.read({ after, limit }),
      exclusively: (work) => this.#exclusively(work),
    })
  }

  static async open(db: Kysely<Database>): Promise<EventLog> {
    return new EventLog(db, await lastNumber(db))
  }

  async append(events: readonly NewEvent[]): Promise<GembaEvent[]> {
    const written = await this.#write(async (trx) => ({ events: await appendNew(trx, events) }))
    return written.events
  }

  async tell(events: readonly NewEvent[], told: readonly ToldBead[]): Promise<GembaEvent[]> {
    const written = await this.#write(async (trx) => {
      const appended = await appendNew(trx, events)
      await noteTold(trx, told)
      return { events: appended }
    })
    return written.events
  }

  publish({ events, snapshot }: Publication): Promise<Published> {
    return this.#write(async (trx) => ({
      events: await appendNew(trx, events),
      recorded: await putSnapshot(trx, snapshot),
    }))
  }

  /** Events numbered after `after`, at most 10,000. */
  async read({ after, limit }: { after: number; limit: number }): Promise<GembaEvent[]> {
    const rows = await this.#db
      .selectFrom('event')
      .selectAll()
      .where('number', '>', after)
      .orderBy('number')
      .limit(Math.min(Math.max(Math.trunc(limit), 1), 10_000))
      .execute()
    return rows.map(fromEventRow)
  }

  /** A page of what is kept about a session: the newest events before `cursor`, oldest first. */
  async ofSession({ session, limit, cursor }: HistoryQuery): Promise<HistoryPage> {
    const most = Math.min(Math.max(Math.trunc(limit), 1), 10_000)
    let select = this.#db
      .selectFrom('event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('number', 'desc')
      .limit(most + 1)
    if (cursor !== undefined) select = select.where('number', '<', positionOf(cursor))
    const rows = await select.execute()
    const items = rows.slice(0, most).map(fromEventRow).reverse()
    return { items, cursor: rows.length > most ? String(items[0]?.number) : null }
  }

  last(): Promise<number> {
    return lastNumber(this.#db)
  }

  listen(listener: (events: readonly GembaEvent[]) => void): () => void {
    return this.#feed.listen(listener)
  }

  /** Forgets all but the last `keep` numbers, and remembers up to where each source was heard. */
  async sweep(keep: number): Promise<void> {
    await this.#write(async (trx) => {
      await sql`
        with swept as (
          delete from event where number <= (select last from event_counter) - ${keep}::bigint
          returning source, source_revision
        )
        insert into event_floor (source, source_revision)
        select source, max(source_revision) from swept group by source
        on conflict (source) do update
          set source_revision = greatest(event_floor.source_revision, excluded.source_revision)
      `.execute(trx)
      return { events: [] }
    })
  }

  /** Waits for the writers that are under way. */
  async close(): Promise<void> {
    this.#feed.close()
    await this.#queue
  }

  /** One writer at a time, so that listeners hear of commits in their order. */
  #write<W extends Pick<Published, 'events'>>(work: (trx: Transaction<Database>) => Promise<W>): Promise<W> {
    return this.#exclusively(async () => {
      const written = await this.#commit(work)
      await this.#feed.deliver(written.events)
      return written
    })
  }

  async #commit<W>(work: (trx: Transaction<Database>) => Promise<W>): Promise<W> {
    try {
      return await this.#db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${logLock})`.execute(trx)
        return work(trx)
      })
    } catch (error) {
      if (isUnavailable(error)) this.#feed.recover()
      throw error
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

async function lastNumber(db: Kysely<Database>): Promise<number> {
  const { last } = await db.selectFrom('event_counter').select('last').executeTakeFirstOrThrow()
  return last
}

async function appendNew(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<GembaEvent[]> {
  const fresh = await withoutKnown(trx, events)
  if (fresh.length === 0) return []
  const { last } = await trx
    .updateTable('event_counter')
    .set((row) => ({ last: row('last', '+', fresh.length) }))
    .returning('last')
    .executeTakeFirstOrThrow()
  const first = last - fresh.length + 1
  const rows = fresh.map((event, index) => toEventRow(event, first + index))
  const appended: GembaEvent[] = []
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const chunk = rows.slice(from, from + rowsAtOnce)
    const stored = await trx.insertInto('event').values(chunk).returningAll().execute()
    appended.push(...stored.map(fromEventRow))
  }
  return appended.sort((one, other) => one.number - other.number)
}

/** What was not published before, neither in the log nor earlier in the same batch. */
async function withoutKnown(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<NewEvent[]> {
  if (events.length === 0) return []
  const unique = [...new Map(events.map((event) => [keyOf(event), event] as const).reverse()).values()].reverse()
  const { rows } = await sql<{ place: number }>`
    select place from unnest(
      ${unique.map((event) => event.source)}::text[],
      ${unique.map((event) => event.sourceRevision)}::bigint[]
    ) with ordinality as asked (source, source_revision, place)
    where exists (
      select from event where event.source = asked.source and event.source_revision = asked.source_revision
    ) or exists (
      select from event_floor
      where event_floor.source = asked.source and event_floor.source_revision >= asked.source_revision
    )
  `.execute(trx)
  const known = new Set(rows.map((row) => row.place - 1))
  return unique.filter((_, index) => !known.has(index))
}

function keyOf(event: NewEvent): string {
  return `${event.sourceRevision} ${event.source}`
}
