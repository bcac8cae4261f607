import type { Actor } from '../../model/actor.ts'
import type { ManifestDeed, ManifestEntry, ManifestPage, ManifestState, SessionManifest } from '../../model/manifest.ts'
import { summaryOf } from '../../model/manifest-words.ts'
import type { ModeSource } from '../../model/mode.ts'
import { plainLine } from '../../model/plain-text.ts'
import { newIdentifier, seededIdentifier } from '../../runtime/identifier.ts'
import type { Logger } from '../../runtime/logger.ts'
import { appendLines } from './append-lines.ts'
import { lineOf } from './entry-line.ts'
import { ManifestReader } from './manifest-reader.ts'
import { openToAppend, whyUnusable } from './plain-file.ts'
import { Unwritten } from './unwritten.ts'

const retryMs = 5_000
/** A write of a bead waits no longer for its entry. */
const patienceMs = 2_000
const linesAtOnce = 100
/** Deeds that are known again when they come twice. */
const mostKnown = 10_000

export interface ManifestOptions {
  /** Absolute path of the file; what is missing of its folder is made. */
  readonly path: string
  readonly source: ModeSource
  /** Why nothing is recorded; what was recorded before can be read all the same. */
  readonly off?: string
  readonly logger?: Logger
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/**
 * Opens the session manifest, an append-only file of JSON lines (seed 001, 6). Never rejects: a file that can not be
 * written is told by the state, and is tried again. The caller closes it.
 */
export async function openManifest(options: ManifestOptions): Promise<SessionManifest> {
  const manifest = new FileManifest(options)
  await manifest.open()
  return manifest
}

class FileManifest implements SessionManifest {
  readonly #options: ManifestOptions
  readonly #reader: ManifestReader
  readonly #unwritten = new Unwritten()
  /** The part of an event's id that follows from the key of the deed. */
  readonly #known = new Set<string>()
  readonly #appendListeners = new Set<(entry: ManifestEntry) => void>()
  readonly #stateListeners = new Set<(state: ManifestState) => void>()
  #state: ManifestState
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: ManifestOptions) {
    this.#options = options
    this.#reader = new ManifestReader(options.path, options.source)
    const { path, off } = options
    this.#state =
      off === undefined ? { path, status: 'ok', why: '', lost: 0 } : { path, status: 'off', why: off, lost: 0 }
  }

  /** Looks whether the file can be written, and what was recorded last. */
  async open(): Promise<void> {
    if (this.#isOff()) return
    for (const id of (await this.#reader.newestIds(mostKnown)).reverse()) this.#known.add(tailOf(id))
    try {
      await (await openToAppend(this.#options.path)).close()
    } catch (error) {
      this.#failed(error)
    }
  }

  state(): ManifestState {
    return this.#state
  }

  async record(deed: ManifestDeed): Promise<void> {
    if (this.#isOff() || this.#closed) return
    const entry = this.#entryOf(deed)
    if (!this.#isNew(entry)) return
    const tried = this.#unwritten.add(entry)
    void this.#write()
    await this.#patiently(tried)
  }

  connected(actor: Actor): Promise<void> {
    const { kind, display } = this.#options.source
    const entity = { type: 'source', id: kind, title: display } as const
    return this.record({ actor, action: 'source.connected', entity, before: {}, after: { kind, display } })
  }

  async retry(): Promise<ManifestState> {
    if (this.#isOff() || this.#closed) return this.#state
    await this.#patiently(this.#unwritten.isEmpty ? this.#probe() : this.#write())
    return this.#state
  }

  /** What is being written is waited for, so that no half of a line is read. */
  async page(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<ManifestPage> {
    await this.#patiently(this.#writing ?? Promise.resolve())
    return this.#reader.page(query)
  }

  onAppend(listener: (entry: ManifestEntry) => void): () => void {
    this.#appendListeners.add(listener)
    return () => void this.#appendListeners.delete(listener)
  }

  onState(listener: (state: ManifestState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#patiently(this.#write())
    if (this.#unwritten.count > 0) {
      this.#options.logger?.error(
        { lost: this.#unwritten.count, path: this.#options.path },
        'entries were not recorded',
      )
    }
    this.#appendListeners.clear()
    this.#stateListeners.clear()
  }

  #isOff(): boolean {
    return this.#options.off !== undefined
  }

  #entryOf({ actor, action, entity, before, after, key }: ManifestDeed): ManifestEntry {
    const now = this.#options.now?.() ?? Date.now()
    const named = { ...entity, title: plainLine(entity.title, 500) }
    return {
      event_id: `evt_${key === undefined ? newIdentifier(now) : seededIdentifier(key, now)}`,
      occurred_at: new Date(now).toISOString(),
      actor: plainLine(actor.name, 255),
      mode: 'beads_only',
      source: this.#options.source,
      action,
      entity: named,
      before,
      after,
      summary: plainLine(summaryOf({ action, entity: named, before, after }), 2_000),
    }
  }

  #isNew(entry: ManifestEntry): boolean {
    const tail = tailOf(entry.event_id)
    if (this.#known.has(tail)) return false
    this.#known.add(tail)
    const [oldest] = this.#known
    if (oldest !== undefined && this.#known.size > mostKnown) this.#known.delete(oldest)
    return true
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
      const { written, error } = await appendLines(this.#options.path, lines).catch((error: unknown) => ({
        written: 0,
        error,
      }))
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
      await (await openToAppend(this.#options.path)).close()
      this.#become('ok', '')
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#unwritten.failed()
    this.#become('failed', whyUnusable(error))
    this.#options.logger?.warn({ err: error, path: this.#options.path }, 'the session manifest can not be written')
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.retry(), retryMs).unref()
  }

  #become(status: 'ok' | 'failed', why: string): void {
    const before = this.#state
    this.#state = { path: this.#options.path, status, why, lost: this.#unwritten.count }
    const same = before.status === status && before.why === why && before.lost === this.#state.lost
    if (!same) for (const listener of [...this.#stateListeners]) listener(this.#state)
  }

  /** A disk that hangs holds nobody up, and shows. */
  async #patiently(done: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        if (!this.#isOff()) this.#become('failed', 'Its disk does not answer.')
        resolve()
      }, patienceMs).unref()
    })
    await Promise.race([done, late]).finally(() => clearTimeout(timer))
  }
}

function tailOf(id: string): string {
  return id.slice(-16)
}
