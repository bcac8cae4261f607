import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import type { SessionManifest } from '../model/manifest.ts'
import type { ModeSource, RemoteState, SourceSelection } from '../model/mode.ts'
import type { WorkPlane } from '../model/work-plane.ts'

/** A Beads source that is open. */
export interface OpenSource {
  readonly source: ModeSource
  /** As people's changes go through it. */
  readonly work: WorkPlane
  readonly exchange: BeadsExchange
  readonly manifest: SessionManifest
  remote(): Promise<RemoteState | null>
  setUpRemote(remote: { readonly name: string; readonly url: string }): Promise<void>
  close(): Promise<void>
}

export interface ChosenSource {
  /** The work plane of whatever source is chosen; refuses with `source_missing` before the first. */
  readonly work: WorkPlane
  /** Export and import of whatever source is chosen; refuses likewise. */
  readonly exchange: BeadsExchange
  /** Null before the first. */
  current(): OpenSource | null
  /** Opens another source and goes over to it; when it can not be opened, all stays as it is. One at a time. */
  select(selection: SourceSelection, actor: Actor): Promise<void>
  /** Called after each change of the source. */
  onSelect(listener: (open: OpenSource) => void): void
  close(): Promise<void>
}

/** Holds the one source of Beads-only mode, which a person may exchange while the server runs (seed 001, 3). */
export function chosenSource(open: (selection: SourceSelection) => Promise<OpenSource>): ChosenSource {
  let current: OpenSource | null = null
  let closed = false
  let last: Promise<unknown> = Promise.resolve()
  const listeners = new Set<(open: OpenSource) => void>()

  async function goOver(selection: SourceSelection, actor: Actor): Promise<void> {
    const next = await open(selection)
    if (closed) return next.close()
    const before = current
    current = next
    for (const listener of listeners) listener(next)
    await next.manifest.connected(actor)
    await before?.close()
  }

  const refuse = (): Promise<never> => Promise.reject(new GembaError('source_missing', {}))
  const work = new Proxy({} as WorkPlane, {
    get(_, method) {
      if (method === 'then') return undefined
      if (method === 'disconnect') return () => Promise.resolve()
      if (current === null) return refuse
      const found: unknown = Reflect.get(current.work, method)
      // What a plane may lack is lacking here as well.
      return typeof found === 'function' ? found.bind(current.work) : found
    },
  })

  const exchange = (): BeadsExchange => {
    if (current === null) throw new GembaError('source_missing', {})
    return current.exchange
  }

  return {
    work,
    exchange: {
      export: async (format, write) => exchange().export(format, write),
      plan: async (texts, options) => exchange().plan(texts, options),
      import: async (texts, options) => exchange().import(texts, options),
    },
    current: () => current,
    select(selection, actor) {
      const mine = last.then(() => goOver(selection, actor))
      last = mine.catch(() => undefined)
      return mine
    },
    onSelect: (listener) => void listeners.add(listener),
    async close() {
      closed = true
      await last
      await current?.close()
    },
  }
}
