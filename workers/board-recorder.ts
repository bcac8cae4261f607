import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import type { Board } from '../model/board.ts'
import type { EventBody, NewEvent } from '../model/event.ts'
import type { Store } from '../store/store.ts'

/** Writes what the watcher sees into the event log: the only source of bead events. Returns the release. */
export function recordBoard(board: Board, store: Store, logger: Logger): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  let closed = false
  const record = (bodies: readonly { source: string; revision: number; body: EventBody }[]): void => {
    const at = new Date().toISOString()
    const events = bodies.map(({ source, revision, body }): NewEvent => ({
      source,
      sourceRevision: revision,
      at,
      actor: system,
      body,
    }))
    last = last.then(() => untilWritten(events))
  }
  /** What the board has seen must be told, however long the store is away; a repeat changes nothing. */
  const untilWritten = async (events: readonly NewEvent[]): Promise<void> => {
    for (let wait = 100; !closed; wait = Math.min(wait * 2, 5_000)) {
      try {
        await store.append(events)
        return
      } catch (error) {
        logger.error({ err: error }, 'bead events could not be written yet')
        await sleep(wait)
      }
    }
  }
  const health = (): void => {
    const { healthy, why } = board.health()
    record([{ source: 'work-plane', revision: Date.now(), body: { kind: 'work-plane.changed', healthy, why } }])
  }
  const releases = [
    board.onChange(({ changed, deleted }) => {
      record([
        ...changed.map((bead) => ({
          source: `bead/${bead.id}`,
          revision: bead.revision,
          body: { kind: 'bead.changed' as const, bead },
        })),
        ...deleted.map((bead) => ({
          source: `bead-deleted/${bead}`,
          revision: Date.now(),
          body: { kind: 'bead.deleted' as const, bead },
        })),
      ])
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
