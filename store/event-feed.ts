import type { GembaEvent } from '../model/event.ts'

type Listener = (events: readonly GembaEvent[]) => void

const pageSize = 1000
/** Milliseconds before a failed catch-up is tried again. */
const retryAfter = 1_000

interface Source {
  /** Committed events with a number greater than `after`, in order. */
  read(after: number, limit: number): Promise<GembaEvent[]>
  /** Runs `work` while nobody appends. */
  exclusively(work: () => Promise<void>): Promise<void>
}

/**
 * Hands each committed event to the listeners exactly once and in order. A commit whose outcome its caller never
 * heard leaves a hole in the numbers; the feed sees it and reads what is missing from the table.
 */
export class EventFeed {
  readonly #listeners = new Set<Listener>()
  readonly #source: Source
  #last: number
  #retry: NodeJS.Timeout | undefined
  #closed = false

  /** `last`: the number after which the feed begins. */
  constructor(last: number, source: Source) {
    this.#last = last
    this.#source = source
  }

  listen(listener: Listener): () => void {
    // A wrapper, so that the same function may listen twice.
    const own: Listener = (events) => listener(events)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** Takes a batch that was just committed. Call it exclusively; it never fails. */
  async deliver(events: readonly GembaEvent[]): Promise<void> {
    if (events.length === 0) return
    if (events[0]?.number === this.#last + 1) this.#emit(events)
    else await this.#catchUp().catch(() => this.recover())
  }

  /** Reads until nothing is missing, again and again while the database is away. */
  recover(): void {
    if (this.#closed || this.#retry !== undefined) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#source.exclusively(() => this.#catchUp()).catch(() => this.recover())
    }, retryAfter)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#listeners.clear()
  }

  async #catchUp(): Promise<void> {
    for (;;) {
      const page = await this.#source.read(this.#last, pageSize)
      if (page.length > 0) this.#emit(page)
      if (page.length < pageSize) return
    }
  }

  /** A listener that throws is its own problem: the others, and the writer, go on. */
  #emit(events: readonly GembaEvent[]): void {
    this.#last = events.at(-1)?.number ?? this.#last
    for (const listener of [...this.#listeners]) {
      try {
        listener(events)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error), 'EventListenerWarning')
      }
    }
  }
}
