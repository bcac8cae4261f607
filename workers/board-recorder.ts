import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import type { BeadSummary } from '../model/bead.ts'
import type { Board } from '../model/board.ts'
import type { NewEvent } from '../model/event.ts'
import type { Store, ToldBead } from '../store/store.ts'

/** Beads that change at once, as when a database is first read or filled, are not told one by one. */
const many = 1_000

/** A bead as it is now; undefined when it is gone. `anew`: it changed, though its summary may be the one that was told. */
type Seen = readonly [id: string, bead: BeadSummary | undefined, anew?: boolean]

/**
 * Writes what the watcher sees into the event log: the only source of bead events. The store remembers what was told of
 * each bead, so that a restart tells only what differs, deletions included. Returns the release.
 */
export function recordBoard(board: Board, store: Store, logger: Logger): () => Promise<void> {
  let closed = false
  /** What the board has seen must be told, however long the store is away; a repeat changes nothing. */
  const untilDone = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        return await work()
      } catch (error) {
        logger.error({ err: error }, 'bead events could not be written yet')
        if (closed) return undefined
        await sleep(wait)
      }
    }
  }
  const told = new Map<string, string>()
  let last = untilDone(async () => {
    for (const [bead, digest] of await store.toldBeads()) told.set(bead, digest)
  })
  const tell = (seen: () => readonly Seen[]): void => {
    last = last.then(async () => {
      const news = newsOf(seen(), told)
      if (news.told.length === 0) return
      const events = news.events.length > many ? [rereadEvent()] : news.events
      if ((await untilDone(() => store.tell(events, news.told))) === undefined) return
      for (const { bead, digest } of news.told) {
        if (digest === null) told.delete(bead)
        else told.set(bead, digest)
      }
    })
  }
  const all = (): Seen[] => {
    const there = board.all().map((bead): Seen => [bead.id, bead])
    const ids = new Set(there.map(([id]) => id))
    return [...there, ...[...told.keys()].filter((id) => !ids.has(id)).map((id): Seen => [id, undefined])]
  }
  /** A board that is well has read everything. */
  const health = (): void => {
    const { healthy, why, code, mend } = board.health()
    const body = { kind: 'work-plane.changed' as const, healthy, why, code, mend }
    const event = eventOf('work-plane', Date.now(), body)
    last = last.then(() => untilDone(() => store.append([event]))).then(() => undefined)
    if (healthy) tell(() => (board.health().healthy ? all() : []))
  }
  const releases = [
    board.onChange(({ changed, sameSummary, deleted }) => {
      const anew = new Set(sameSummary)
      const there = changed.map((bead): Seen => [bead.id, bead, anew.has(bead.id)])
      const seen = [...there, ...deleted.map((id): Seen => [id, undefined])]
      tell(() => seen)
    }),
    board.onHealth(health),
  ]
  health()
  return async () => {
    for (const release of releases) release()
    closed = true
    await last
  }
}

function rereadEvent(): NewEvent {
  return eventOf('board', Date.now(), { kind: 'beads.reread' })
}

/** Of what is seen, the part that was not told yet. */
function newsOf(
  seen: readonly Seen[],
  told: ReadonlyMap<string, string>,
): { events: NewEvent[]; told: readonly ToldBead[] } {
  const news = seen
    .map(([id, bead, anew = false]) => ({ id, bead, anew, digest: bead === undefined ? null : digestOf(bead) }))
    .filter(({ id, digest, anew }) => anew || (told.get(id) ?? null) !== digest)
  return {
    events: news.map(({ id, bead }) =>
      bead === undefined
        ? eventOf(`bead-deleted/${id}`, Date.now(), { kind: 'bead.deleted', bead: id })
        : eventOf(`bead/${id}`, bead.revision, { kind: 'bead.changed', bead }),
    ),
    told: news.map(({ id, digest }) => ({ bead: id, digest })),
  }
}

function eventOf(source: string, sourceRevision: number, body: NewEvent['body']): NewEvent {
  return { source, sourceRevision, at: new Date().toISOString(), actor: system, body }
}

/** Of all but the revision, which each reading makes anew. */
function digestOf(bead: BeadSummary): string {
  const text = JSON.stringify({ ...bead, revision: 0 })
  return createHash('sha256').update(text).digest('base64url')
}
