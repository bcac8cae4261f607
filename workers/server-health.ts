import type { Connection } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Board } from '../model/board.ts'
import type { Store } from '../store/store.ts'

/** Whether a part of the server answers, and why not. */
export interface PartHealth {
  readonly ok: boolean
  readonly why: string
}

export interface ServerHealth {
  /** What was found last; it asks nobody. */
  parts(): Record<'beads' | 'temporal' | 'store', PartHealth>
  /** Temporal could not be reached or made ready yet. */
  temporalFailed(why: unknown): void
  /** From now on this connection is looked at. The caller closes it, after this. */
  temporalConnected(connection: Connection): void
  close(): Promise<void>
}

export interface HealthOptions {
  readonly board: Board
  readonly store: Store
  readonly logger: Logger
  /** Milliseconds between two looks at a part. */
  readonly everyMs?: number
}

/** Who has not answered for so long is not well. */
const answerWithinMs = 3_000

/** Looks at Temporal and the store again and again, by a question that costs them next to nothing. */
export function openServerHealth({ board, store, logger, everyMs = 5_000 }: HealthOptions): ServerHealth {
  const temporal = part('Temporal', logger, { ok: false, why: 'not connected yet' })
  const stored = part('the operational store', logger, { ok: true, why: '' })
  const releases = [repeat(everyMs, () => judge(stored, () => store.lastEvent()))]
  return {
    parts() {
      const { healthy, why } = board.health()
      return { beads: { ok: healthy, why }, temporal: temporal.now(), store: stored.now() }
    },
    temporalFailed: (why) => temporal.set(why),
    temporalConnected(connection) {
      temporal.set(undefined)
      const ask = () =>
        connection.withDeadline(Date.now() + answerWithinMs, () => connection.workflowService.getSystemInfo({}))
      releases.push(repeat(everyMs, () => judge(temporal, ask)))
    },
    async close() {
      await Promise.all(releases.map((release) => release()))
    },
  }
}

interface Part {
  now(): PartHealth
  /** Undefined: it is well. The log hears of each new reason once. */
  set(trouble: unknown): void
}

function part(name: string, logger: Logger, first: PartHealth): Part {
  let now = first
  return {
    now: () => now,
    set(trouble) {
      const next = trouble === undefined ? { ok: true, why: '' } : { ok: false, why: reasonOf(trouble) }
      if (next.why === now.why && next.ok === now.ok) return
      if (next.ok) logger.info(`${name} answers`)
      else logger.warn({ err: trouble }, `${name} is not well`)
      now = next
    },
  }
}

/** The innermost reason: the layers above it say only that something failed. */
function reasonOf(trouble: unknown): string {
  const deepest = trouble instanceof Error && trouble.cause instanceof Error ? trouble.cause : trouble
  return (deepest instanceof Error ? deepest.message : String(deepest)).slice(0, 300)
}

async function judge(of: Part, ask: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${answerWithinMs / 1000} s`)), answerWithinMs)
  })
  await Promise.race([ask(), late])
    .then(
      () => of.set(undefined),
      (error: unknown) => of.set(error),
    )
    .finally(() => clearTimeout(timer))
}

/** Calls again `everyMs` after each end. Returns how to stop, which waits for the one under way. */
function repeat(everyMs: number, call: () => Promise<void>): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let busy: Promise<void> = Promise.resolve()
  const again = (): void => {
    timer = setTimeout(() => {
      busy = call()
      void busy.then(() => {
        if (!stopped) again()
      })
    }, everyMs)
  }
  again()
  return () => {
    stopped = true
    clearTimeout(timer)
    return busy
  }
}
