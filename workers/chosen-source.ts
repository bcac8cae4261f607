import { createHash } from 'node:crypto'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { BeadsExchange } from '../model/exchange.ts'
import type { SessionManifest } from '../model/manifest.ts'
import type { ModeSource, RemoteState, SourceSelection } from '../model/mode.ts'
import type { Logger } from '../runtime/logger.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { changeGate } from './change-gate.ts'
import { withinTime } from './within-time.ts'

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
  /**
   * Opens another source and goes over to it; when it can not be opened, or not in time (`work_plane_unavailable`), all
   * stays as it is. One at a time.
   */
  select(selection: SourceSelection, actor: Actor): Promise<void>
  /** Opens the source of the start, unless a person has chosen one meanwhile. */
  begin(selection: SourceSelection, actor: Actor): Promise<void>
  /** Names the source that is open, also over a restart; empty before the first. */
  id(): string
  /** Runs something on one source: none is exchanged meanwhile, and none is begun while one is exchanged (`source_changed`). */
  during<T>(run: () => Promise<T>): Promise<T>
  /** Called after each change of the source. */
  onSelect(listener: (open: OpenSource) => void): void
  close(): Promise<void>
}

/** Milliseconds that a source may take to open; a database that bd makes anew takes the longest. */
export const openPatienceMs = 60_000

/** Holds the one source of Beads-only mode, which a person may exchange while the server runs (seed 001, 3). */
export function chosenSource(
  open: (selection: SourceSelection) => Promise<OpenSource>,
  logger: Pick<Logger, 'warn'>,
  { drainMs = 15_000, openMs = openPatienceMs }: { readonly drainMs?: number; readonly openMs?: number } = {},
): ChosenSource {
  let current: OpenSource | null = null
  let closed = false
  const gate = changeGate(drainMs)
  let last: Promise<unknown> = Promise.resolve()
  const listeners = new Set<(open: OpenSource) => void>()

  async function goOver(selection: SourceSelection, actor: Actor): Promise<void> {
    const next = await withinTime(
      openMs,
      () => open(selection),
      (late) => late.close(),
    )
    if (closed) return next.close()
    const before = current
    try {
      await gate.closedWhile(async () => {
        current = next
      })
    } catch (error) {
      await next.close()
      throw error
    }
    for (const listener of listeners) listener(next)
    // It is open: what fails from here on is told, and takes nothing back.
    await next.manifest.connected(actor)
    if (before === null) return
    await withinTime(
      openMs,
      () => before.close(),
      () => Promise.resolve(),
    ).catch((error: unknown) => logger.warn({ err: error }, 'the source before could not be closed'))
  }

  function queued(run: () => Promise<void>): Promise<void> {
    const mine = last.then(run)
    last = mine.catch(() => undefined)
    return mine
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
      import: (texts, options) => gate.during(async () => exchange().import(texts, options)),
    },
    current: () => current,
    id: () => (current === null ? '' : idOf(current.source)),
    during: (run) => gate.during(run),
    select: (selection, actor) => queued(() => goOver(selection, actor)),
    begin: (selection, actor) => queued(async () => (current === null ? goOver(selection, actor) : undefined)),
    onSelect: (listener) => void listeners.add(listener),
    async close() {
      closed = true
      await last
      await current?.close()
    },
  }
}

function idOf({ kind, display }: ModeSource): string {
  return createHash('sha256').update(`${kind} ${display}`).digest('base64url').slice(0, 16)
}
