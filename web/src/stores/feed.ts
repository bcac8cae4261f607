import type { DiskState } from '../../../model/disk.ts'
import type { EventBody, GembaEvent } from '../../../model/event.ts'
import { parseJsonObject } from '../../../model/json.ts'
import type { ConnectionState } from './connection.ts'

/** Every kind of event; each is an SSE event of the same name. */
const kindTable: Readonly<Record<EventBody['kind'], true>> = {
  'bead.changed': true,
  'bead.deleted': true,
  'beads.reread': true,
  'bead.released': true,
  'bead.parked': true,
  'bead.unparked': true,
  'session.changed': true,
  'session.refused': true,
  'escalation.changed': true,
  'host.changed': true,
  'work-plane.changed': true,
  'manifest.appended': true,
  'manifest.changed': true,
}
export const eventKinds: readonly string[] = Object.keys(kindTable)

/** The part of `EventSource` that the feed uses. */
export interface FeedSource {
  addEventListener(kind: string, listener: (event: { readonly data?: unknown }) => void): void
  close(): void
}

export interface FeedOptions {
  /** Opens a stream for one connection, of what comes after that event or from now; rejects when there is none to be had. */
  connect(after: string | null): Promise<FeedSource>
  /**
   * Reads everything anew; answers with the last event before it. `stop` ends the feed (nobody is signed in); a rejection
   * is tried again.
   */
  load(): Promise<{ readonly after: string } | 'stop'>
  apply(events: readonly GembaEvent[]): void
  /** The room on the server's disk, at each connection and at each change; it is not in the log. */
  onDisk(state: DiskState): void
  onState(state: ConnectionState): void
  /** Runs `run` later; returns the cancel. */
  after(ms: number, run: () => void): () => void
}

export interface Feed {
  start(): void
  stop(): void
  /** Reads everything anew, while the stream goes on. */
  reload(): void
}

const flushMs = 10
const backOffMs = [500, 1_000, 2_000, 5_000, 10_000] as const
const offlineAfter = 3

/**
 * Lists first, then the events since them. On `resync`, and after a connection that was lost, for the server may be
 * another one by then, all is read anew; events that come meanwhile wait. Nothing falls between.
 */
export function createFeed(options: FeedOptions): Feed {
  let source: FeedSource | null = null
  let waiting: GembaEvent[] = []
  let loading = false
  let opening = 0
  let generation = 0
  let failures = 0
  let cancelFlush: (() => void) | null = null
  let cancelRetry: (() => void) | null = null

  async function begin(): Promise<void> {
    const after = await read(() => void begin())
    if (after !== null) await open(after)
  }

  /** With the event up to which the lists are read; null when they are to be read once the stream is there. */
  async function open(after: string | null): Promise<void> {
    opening += 1
    const mine = opening
    const next = await options.connect(after).catch(() => null)
    if (mine !== opening) return next?.close()
    if (next === null) return refused(mine)
    source = next
    next.addEventListener('open', () => (after === null ? void reload() : live()))
    next.addEventListener('resync', () => void reload())
    next.addEventListener('error', () => onError(next))
    next.addEventListener('disk', (event) => {
      const state = typeof event.data === 'string' ? parseJsonObject(event.data) : undefined
      if (state !== undefined) options.onDisk(state as unknown as DiskState)
    })
    for (const kind of eventKinds) next.addEventListener(kind, (event) => onEvent(event.data))
  }

  function onEvent(data: unknown): void {
    const event = parse(data)
    if (event === null) return
    waiting.push(event)
    if (!loading) cancelFlush ??= options.after(flushMs, flush)
  }

  function flush(): void {
    cancelFlush = null
    const events = waiting
    waiting = []
    if (events.length > 0) options.apply(events)
  }

  async function reload(): Promise<void> {
    if ((await read(() => void reload())) !== null) live()
  }

  /** Reads the lists, and again later when that fails; the last event before them, null when something else goes on. */
  async function read(again: () => void): Promise<string | null> {
    cancelRetry?.()
    generation += 1
    const mine = generation
    loading = true
    const outcome = await options.load().catch(() => 'failed' as const)
    if (mine !== generation) return null
    loading = false
    if (outcome === 'stop') stop()
    else if (outcome === 'failed') retry(again)
    else return outcome.after
    return null
  }

  function live(): void {
    failures = 0
    options.onState('live')
    flush()
  }

  function onError(mine: FeedSource): void {
    if (mine !== source) return
    mine.close()
    source = null
    retry(() => void open(null))
  }

  /** No stream was to be had, perhaps because nobody is signed in any more: that shows on reading. */
  async function refused(mine: number): Promise<void> {
    const outcome = await options.load().catch(() => 'failed' as const)
    if (mine !== opening) return
    if (outcome === 'stop') return stop()
    retry(() => void open(null))
  }

  function retry(run: () => void): void {
    failures += 1
    report()
    cancelRetry?.()
    cancelRetry = options.after(backOffMs[Math.min(failures, backOffMs.length) - 1] ?? 10_000, run)
  }

  function report(): void {
    options.onState(failures >= offlineAfter ? 'offline' : 'reconnecting')
  }

  function stop(): void {
    cancelRetry?.()
    cancelFlush?.()
    cancelFlush = null
    source?.close()
    source = null
    opening += 1
    generation += 1
    loading = false
    waiting = []
  }

  return { start: () => void begin(), stop, reload: () => void reload() }
}

function parse(data: unknown): GembaEvent | null {
  const event = typeof data === 'string' ? parseJsonObject(data) : undefined
  return event === undefined ? null : (event as unknown as GembaEvent)
}
