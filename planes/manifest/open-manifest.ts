import type { Actor } from '../../model/actor.ts'
import type { ManifestDeed, ManifestEntry, ManifestPage, ManifestState, SessionManifest } from '../../model/manifest.ts'
import { summaryOf } from '../../model/manifest-words.ts'
import type { ModeSource } from '../../model/mode.ts'
import { plainLine } from '../../model/plain-text.ts'
import { newIdentifier, seededIdentifier } from '../../runtime/identifier.ts'
import type { ManifestFile } from './manifest-file.ts'
import { ManifestReader } from './manifest-reader.ts'

export interface ManifestOptions {
  /** Outlives the manifest; the caller closes it. */
  readonly file: ManifestFile
  readonly source: ModeSource
  /** Why nothing is changed, as far as that is known yet; what was recorded before can be read all the same. */
  readonly off?: string | null
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/**
 * Opens the session manifest of one source, over a file that other sources may share (seed 001, 6). Never rejects: a
 * file that can not be written is told by the state, and is tried again. The caller closes it.
 */
export async function openManifest(options: ManifestOptions): Promise<SessionManifest> {
  const { file, off = null } = options
  await file.look()
  if (off === null) await file.retry()
  return new SourceManifest(options)
}

class SourceManifest implements SessionManifest {
  readonly #file: ManifestFile
  readonly #source: ModeSource
  readonly #now: () => number
  readonly #reader: ManifestReader
  readonly #stateListeners = new Set<(state: ManifestState) => void>()
  readonly #releases: (() => void)[] = []
  #off: string | null
  #told: string

  constructor({ file, source, off = null, now = Date.now }: ManifestOptions) {
    this.#file = file
    this.#source = source
    this.#now = now
    this.#reader = new ManifestReader(file.path, source)
    this.#off = off
    this.#told = JSON.stringify(this.state())
    this.#releases.push(file.onState(() => this.#tellState()))
  }

  /** What waits for the disk is told also while nothing can be changed. */
  state(): ManifestState {
    const state = this.#file.state()
    return this.#off === null || state.lost > 0 ? state : { path: state.path, status: 'off', why: this.#off, lost: 0 }
  }

  access(readOnly: string | null): void {
    const wasOff = this.#off !== null
    this.#off = readOnly
    this.#tellState()
    if (wasOff && readOnly === null) void this.#file.retry()
  }

  /** That something was changed says that it can be. */
  async record(deed: ManifestDeed): Promise<void> {
    this.#off = null
    this.#tellState()
    await this.#file.add(this.#entryOf(deed))
  }

  async connected(actor: Actor): Promise<void> {
    if (this.#off !== null) return
    const { kind, display } = this.#source
    const entity = { type: 'source', id: kind, title: display } as const
    await this.record({ actor, action: 'source.connected', entity, before: {}, after: { kind, display } })
  }

  async retry(): Promise<ManifestState> {
    if (this.#off === null || this.#file.state().lost > 0) await this.#file.retry()
    return this.state()
  }

  /** What is being written is waited for, so that no half of a line is read. */
  async page(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<ManifestPage> {
    await this.#file.settled()
    return this.#reader.page(query)
  }

  onAppend(listener: (entry: ManifestEntry) => void): () => void {
    const { kind, display } = this.#source
    const release = this.#file.onAppend((entry) => {
      if (entry.source.kind === kind && entry.source.display === display) listener(entry)
    })
    this.#releases.push(release)
    return release
  }

  onState(listener: (state: ManifestState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#file.settled()
    for (const release of this.#releases.splice(0)) release()
    this.#stateListeners.clear()
  }

  #tellState(): void {
    const state = this.state()
    const told = JSON.stringify(state)
    if (told === this.#told) return
    this.#told = told
    for (const listener of [...this.#stateListeners]) listener(state)
  }

  #entryOf({ actor, action, entity, before, after, key }: ManifestDeed): ManifestEntry {
    const now = this.#now()
    const named = { ...entity, title: plainLine(entity.title, 500) }
    return {
      event_id: `evt_${key === undefined ? newIdentifier(now) : seededIdentifier(key, now)}`,
      occurred_at: new Date(now).toISOString(),
      actor: plainLine(actor.name, 255),
      mode: 'beads_only',
      source: this.#source,
      action,
      entity: named,
      before,
      after,
      summary: plainLine(summaryOf({ action, entity: named, before, after }), 2_000),
    }
  }
}
