import type { ManifestEntry } from '../../model/manifest.ts'
import type { Logger } from '../../runtime/logger.ts'
import { appendLines } from './append-lines.ts'
import { lineOf } from './entry-line.ts'
import { newestIds } from './newest-ids.ts'
import { openToAppend, whyUnusable } from './plain-file.ts'
import { Unwritten } from './unwritten.ts'

const retryMs = 5_000
/** A write of a bead waits no longer for its entry. */
const patienceMs = 2_000
const linesAtOnce = 100
/** Deeds that are known again when they come twice. */
const mostKnown = 10_000

export interface ManifestFileOptions {
  /** Absolute path of the file; what is missing of its folder is made. */
  readonly path: string
  readonly logger?: Logger
}

/** How the writing goes; `lost` counts entries of all sources. */
export interface ManifestFileState {
  readonly path: string
  readonly status: 'ok' | 'failed'
  readonly why: string
  readonly lost: number
}

/**
 * The file of the session manifest, and the only writer of this process to it, over all sources: what waits for the
 * disk outlives a change of source, and entries go in in the order in which they came. Never rejects: what goes wrong
 * is told by the state, and tried again. The caller closes it.
 */
export class ManifestFile {
  readonly path: string
  readonly #logger: Logger | undefined
  readonly #unwritten = new Unwritten()
  /** The part of an event's id that follows from the key of the deed. */
  readonly #known = new Set<string>()
  readonly #appendListeners = new Set<(entry: ManifestEntry) => void>()
  readonly #stateListeners = new Set<() => void>()
  #state: ManifestFileState
  #looked: Promise<void> | undefined
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor({ path, logger }: ManifestFileOptions) {
    this.path = path
    this.#logger = logger
    this.#state = { path, status: 'ok', why: '', lost: 0 }
  }

  state(): ManifestFileState {
    return this.#state
  }

  /** Learns once what was recorded last. Makes nothing. */
  look(): Promise<void> {
    this.#looked ??= newestIds(this.path, mostKnown).then((ids) => {
      const fresh = [...this.#known]
      this.#known.clear()
      for (const tail of [...ids.reverse().map(tailOf), ...fresh]) this.#know(tail)
    })
    return this.#looked
  }

  /** Resolves once it was tried to write the entry, or after a moment. An id that is known is not written again. */
  async add(entry: ManifestEntry): Promise<void> {
    if (this.#closed) return
    const tail = tailOf(entry.event_id)
    if (this.#known.has(tail)) return
    this.#know(tail)
    const tried = this.#unwritten.add(entry)
    void this.#write()
    await this.#patiently(tried)
  }

  /** Writes what waits, and looks whether the file can be written when nothing does. */
  async retry(): Promise<ManifestFileState> {
    if (!this.#closed) await this.#patiently(this.#unwritten.isEmpty ? this.#probe() : this.#write())
    return this.#state
  }

  /** Resolves when nothing is being written, or after a moment. */
  settled(): Promise<void> {
    return this.#patiently(this.#writing ?? Promise.resolve())
  }

  /** Calls the listener with each entry once it is on the disk. Returns the release. */
  onAppend(listener: (entry: ManifestEntry) => void): () => void {
    this.#appendListeners.add(listener)
    return () => void this.#appendListeners.delete(listener)
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  /** Tries once more what waits. What could not be written is lost, and the log says how much that is. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#patiently(this.#write())
    const lost = this.#unwritten.count
    if (lost > 0) this.#logger?.error({ lost, path: this.path }, 'entries were not recorded')
    this.#appendListeners.clear()
    this.#stateListeners.clear()
  }

  #know(tail: string): void {
    this.#known.add(tail)
    const [oldest] = this.#known
    if (oldest !== undefined && this.#known.size > mostKnown) this.#known.delete(oldest)
  }

  /** One writer at a time; what comes meanwhile is written by the same. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    if (this.#unwritten.isEmpty) return
    while (!this.#unwritten.isEmpty) {
      const entries = this.#unwritten.first(linesAtOnce)
      const lines = entries.map(lineOf)
      const { written, error } = await appendLines(this.path, lines).catch((error: unknown) => ({ written: 0, error }))
      this.#unwritten.written(written)
      this.#tellAppended(lines.slice(0, written), entries)
      if (written < lines.length) return this.#failed(error)
    }
    this.#become('ok', '')
  }

  /** As the file has it, with its texts cut. */
  #tellAppended(lines: readonly string[], entries: readonly ManifestEntry[]): void {
    for (const [index, line] of lines.entries()) {
      const { before, after } = JSON.parse(line) as ManifestEntry
      const entry = entries[index]
      if (entry !== undefined) for (const listener of [...this.#appendListeners]) listener({ ...entry, before, after })
    }
  }

  async #probe(): Promise<void> {
    try {
      await (await openToAppend(this.path)).close()
      this.#become('ok', '')
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#unwritten.failed()
    this.#become('failed', whyUnusable(error))
    this.#logger?.warn({ err: error, path: this.path }, 'the session manifest can not be written')
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.retry(), retryMs).unref()
  }

  #become(status: 'ok' | 'failed', why: string): void {
    const before = this.#state
    // What is on its way to a disk that takes it is not lost.
    const lost = status === 'ok' ? this.#unwritten.dropped : this.#unwritten.count
    this.#state = { path: this.path, status, why, lost }
    const same = before.status === status && before.why === why && before.lost === this.#state.lost
    if (!same) for (const listener of [...this.#stateListeners]) listener()
  }

  /** A disk that hangs holds nobody up, and shows. */
  async #patiently(done: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#become('failed', 'Its disk does not answer.')
        resolve()
      }, patienceMs).unref()
    })
    await Promise.race([done, late]).finally(() => clearTimeout(timer))
  }
}

function tailOf(id: string): string {
  return id.slice(-16)
}
