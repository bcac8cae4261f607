import type { Board, BoardChange, Health } from '../../model/board.ts'
import { noTrouble, troubleOf, type Trouble } from '../../model/error.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { createProjection, type Projection } from './projection.ts'

/** Milliseconds between looks at the database's hash. */
const defaultInterval = 500
const longestBackOff = 2_000

/**
 * Reads all beads and keeps them true: looks at the database's hash at every interval and reads only what moved.
 * Survives a database that goes away, or is not there yet: `health` says so, looks become rarer, and all is read again
 * when it is back. Resolves after the first look. The caller closes it; the work plane stays open.
 */
export async function openBoard(work: WorkPlane, options: { readonly intervalMs?: number } = {}): Promise<Board> {
  const projection = createProjection()
  let cursor = ''
  const changed = listeners<BoardChange>()
  const healthChanged = listeners<Health>()
  let health: Health = { healthy: true, ...noTrouble, since: new Date().toISOString() }
  let fullRead = true
  let lastSync: string | null = null

  const look = async (): Promise<BoardChange> => {
    const news = fullRead ? { cursor: await work.cursor(), beads: 'all' as const } : await work.changes(cursor)
    const difference = await read(work, projection, news?.beads ?? [])
    if (news !== null) cursor = news.cursor
    fullRead = false
    return difference
  }
  const setHealth = (healthy: boolean, trouble: Trouble): void => {
    // Other words for the same trouble are shown to whoever asks, but are no news: they may change with each try.
    const isNews = health.healthy !== healthy || health.code !== trouble.code
    const since = health.healthy === healthy ? health.since : new Date().toISOString()
    health = { healthy, ...trouble, since }
    if (isNews) healthChanged.tell(health)
  }
  const judged = async (): Promise<BoardChange> => {
    try {
      const difference = await look()
      lastSync = new Date().toISOString()
      setHealth(true, noTrouble)
      return difference
    } catch (error) {
      fullRead = true
      setHealth(false, troubleOf(error))
      throw error
    }
  }
  const lookAndTell = async (): Promise<void> => {
    const difference = await judged()
    if (difference.changed.length + difference.deleted.length > 0) changed.tell(difference)
  }
  const refresh = singleFlight(lookAndTell)
  await refresh().catch(() => undefined)
  const stop = repeat(options.intervalMs ?? defaultInterval, refresh)

  return {
    all: projection.all,
    get: projection.get,
    refresh,
    reread() {
      fullRead = true
      return refresh()
    },
    onChange: changed.add,
    health: () => health,
    lastSync: () => lastSync,
    onHealth: healthChanged.add,
    close: stop,
  }
}

async function read(work: WorkPlane, projection: Projection, moved: readonly string[] | 'all'): Promise<BoardChange> {
  const due = projection.due()
  if (moved === 'all') return projection.replace(await work.list())
  const ids = [...new Set([...moved, ...due])]
  if (ids.length === 0) return { changed: [], sameSummary: [], deleted: [] }
  const found = await work.summaries(ids)
  // Read last, so that what is written between the two is told now and not once more.
  return projection.merge(ids, found, await work.digests(moved))
}

/** Runs one at a time. A call meanwhile waits for a run that begins after it; all such calls share that run. */
function singleFlight(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    const mine = run().finally(() => {
      if (running === mine) running = undefined
    })
    running = mine
    return mine
  }
  return () => {
    if (running === undefined) return begin()
    next ??= running.then(
      () => ((next = undefined), begin()),
      () => ((next = undefined), begin()),
    )
    return next
  }
}

/** Calls again and again, `interval` after each end, less often while it fails. Returns how to stop. */
function repeat(interval: number, call: () => Promise<void>): () => Promise<void> {
  let stopped = false
  let failures = 0
  let busy: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    if (stopped) return
    const wait = failures === 0 ? interval : Math.min(longestBackOff, Math.max(interval, 250) * 2 ** (failures - 1))
    timer = setTimeout(() => {
      busy = call().then(
        () => void (failures = 0),
        () => void (failures = Math.min(failures + 1, 10)),
      )
      void busy.then(again)
    }, wait)
    timer.unref()
  }
  again()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await busy
  }
}

interface Listeners<T> {
  add(listener: (value: T) => void): () => void
  tell(value: T): void
}

function listeners<T>(): Listeners<T> {
  const all = new Set<(value: T) => void>()
  return {
    add: (listener) => {
      all.add(listener)
      return () => void all.delete(listener)
    },
    tell: (value) => {
      for (const listener of all) listener(value)
    },
  }
}
