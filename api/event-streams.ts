import type { ServerResponse } from 'node:http'
import type { DiskState } from '../model/disk.ts'
import { GembaError } from '../model/error.ts'
import type { GembaEvent } from '../model/event.ts'
import type { Store } from '../store/store.ts'
import type { ApiDeps, DiskView } from './api-deps.ts'
import { formatEventId, parseEventId } from './event-id.ts'

export interface EventStreamLimits {
  readonly streams: number
  /** Bytes that a reader may leave unread before it is given no more. */
  readonly buffer: number
  /** Events that are replayed at most; who is further behind starts anew. */
  readonly replay: number
  readonly pingMs: number
  /** How long a reader may take to read what it was given before it is dropped. */
  readonly drainMs: number
}

const defaults: EventStreamLimits = {
  streams: 256,
  buffer: 1024 * 1024,
  replay: 50_000,
  pingMs: 15_000,
  drainMs: 30_000,
}

const page = 1000

/** One reader. Until `live`, it reads the store; then it is handed what the store commits. */
interface Stream {
  readonly out: ServerResponse
  last: number
  live: boolean
}

/**
 * The event log as server-sent events. Each reader gets every event once and in order: what is committed during a
 * replay is read from the store again, never queued. Readers that can not be served so get `resync` and go on from now.
 */
export class EventStreams {
  readonly #store: Store
  readonly #limits: EventStreamLimits
  readonly #streams = new Set<Stream>()
  readonly #disk: DiskView | undefined
  readonly #counted: (readers: number) => void
  #newest = 0
  #releases: (() => void)[] | undefined
  #ping: NodeJS.Timeout | undefined

  constructor(
    store: Store,
    limits: Partial<EventStreamLimits> = {},
    { disk, watched = () => undefined }: Partial<Pick<ApiDeps, 'disk' | 'watched'>> = {},
  ) {
    this.#store = store
    this.#disk = disk
    this.#counted = watched
    this.#limits = { ...defaults, ...limits }
  }

  get size(): number {
    return this.#streams.size
  }

  /** Throws `too_many_streams`. Ask before the answer begins. */
  refuseWhenFull(): void {
    if (this.#streams.size < this.#limits.streams) return
    throw new GembaError('too_many_streams', { limit: String(this.#limits.streams) })
  }

  /** Takes over an answer whose head has been written. `after` is an event id, or undefined for "from now". */
  async open(out: ServerResponse, after: string | undefined): Promise<void> {
    const stream: Stream = { out, last: 0, live: false }
    this.#streams.add(stream)
    this.#counted(this.size)
    out.once('close', () => this.#leave(stream))
    this.#listen()
    await this.#begin(stream, after)
    if (this.#disk !== undefined) out.write(diskFrame(this.#disk.state))
    await this.#catchUp(stream)
  }

  /** Ends all streams; browsers come back by themselves. */
  close(): void {
    for (const { out } of this.#streams) out.end()
    this.#streams.clear()
    this.#counted(0)
    this.#quiet()
  }

  async #begin(stream: Stream, after: string | undefined): Promise<void> {
    const newest = await this.#store.lastEvent()
    this.#newest = Math.max(this.#newest, newest)
    if (after === undefined) {
      stream.last = newest
      stream.out.write(`retry: 1000\nid: ${formatEventId(this.#store.epoch, newest)}\n\n`)
      return
    }
    const from = parseEventId(after)
    const known = from?.epoch === this.#store.epoch && from.number <= newest
    if (!known || newest - from.number > this.#limits.replay) return this.#resync(stream)
    stream.last = from.number
    stream.out.write('retry: 1000\n\n')
  }

  async #catchUp(stream: Stream): Promise<void> {
    while (this.#streams.has(stream)) {
      const announced = this.#newest
      const events = await this.#store.events({ after: stream.last, limit: page })
      const first = events[0]
      if (first === undefined && this.#newest <= stream.last) break
      if (first === undefined) {
        // What was announced before the look is no longer kept; what came after it, the next look finds.
        if (announced > stream.last) await this.#resync(stream)
      } else if (first.number !== stream.last + 1) {
        await this.#resync(stream)
      } else {
        for (const event of events) this.#write(stream, event, this.#frame(event))
        await this.#drained(stream)
      }
    }
    stream.live = true
  }

  async #resync(stream: Stream): Promise<void> {
    stream.last = await this.#store.lastEvent()
    this.#newest = Math.max(this.#newest, stream.last)
    const id = formatEventId(this.#store.epoch, stream.last)
    stream.out.write(`id: ${id}\nevent: resync\ndata: ${JSON.stringify({ event: id })}\n\n`)
  }

  #announce(events: readonly GembaEvent[]): void {
    this.#newest = Math.max(this.#newest, events.at(-1)?.number ?? 0)
    const live = [...this.#streams].filter((stream) => stream.live && this.#keepsUp(stream))
    if (live.length === 0) return
    for (const event of events) {
      const frame = this.#frame(event)
      for (const stream of live) this.#write(stream, event, frame)
    }
  }

  /** Not by the log: on a full disk nothing can be added to it. */
  #tellDisk(state: DiskState): void {
    const frame = diskFrame(state)
    for (const { out } of this.#streams) if (out.writableLength <= this.#limits.buffer) out.write(frame)
  }

  /** Who has left too much unread is given no more until it has read that; then it catches up from the store. */
  #keepsUp(stream: Stream): boolean {
    if (stream.out.writableLength <= this.#limits.buffer) return true
    stream.live = false
    this.#drained(stream)
      .then(() => this.#catchUp(stream))
      .catch(() => this.#drop(stream))
    return false
  }

  #frame(event: GembaEvent): Buffer {
    const id = formatEventId(this.#store.epoch, event.number)
    return Buffer.from(`id: ${id}\nevent: ${event.body.kind}\ndata: ${JSON.stringify(event)}\n\n`)
  }

  #write(stream: Stream, event: GembaEvent, frame: Buffer): void {
    if (event.number <= stream.last || stream.out.destroyed) return
    stream.last = event.number
    stream.out.write(frame)
  }

  /** Resolves when the reader has taken what it was given, or is gone. */
  async #drained(stream: Stream): Promise<void> {
    if (!stream.out.writableNeedDrain || stream.out.destroyed) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => this.#drop(stream), this.#limits.drainMs)
      const done = () => {
        clearTimeout(late)
        stream.out.off('drain', done).off('close', done)
        resolve()
      }
      stream.out.on('drain', done).on('close', done)
    })
  }

  #drop(stream: Stream): void {
    stream.out.destroy()
    this.#leave(stream)
  }

  #leave(stream: Stream): void {
    if (!this.#streams.delete(stream)) return
    this.#counted(this.size)
    if (this.#streams.size === 0) this.#quiet()
  }

  #listen(): void {
    this.#releases ??= [
      this.#store.onEvents((events) => this.#announce(events)),
      ...(this.#disk === undefined ? [] : [this.#disk.onChange((state) => this.#tellDisk(state))]),
    ]
    this.#ping ??= setInterval(() => {
      for (const { out } of this.#streams) out.write(': ping\n\n')
    }, this.#limits.pingMs).unref()
  }

  #quiet(): void {
    for (const release of this.#releases ?? []) release()
    this.#releases = undefined
    clearInterval(this.#ping)
    this.#ping = undefined
  }
}

/** It has no id: who comes back goes on behind the last event of the log. */
function diskFrame(state: DiskState): Buffer {
  return Buffer.from(`event: disk\ndata: ${JSON.stringify(state)}\n\n`)
}
