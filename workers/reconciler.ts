import type { Logger } from 'pino'
import type { Announcement } from '../model/host.ts'
import { reconcile, sightingGap, type Sightings } from '../model/reconcile.ts'
import type { Project } from '../model/project.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import type { Store } from '../store/store.ts'
import type { Processes } from '../temporal/processes.ts'
import { carryOut } from './reconcile-action.ts'
import { readDisagreeing } from './reconcile-input.ts'
import type { Restorer } from './restorer.ts'

export interface ReconcilerDeps {
  readonly project: Project
  readonly work: WorkPlane
  readonly store: Store
  readonly processes: () => Processes | undefined
  /** Brings back what Temporal has lost. */
  readonly restorer: Restorer
  /** Called when Temporal knew of no dispatcher, and everything has gone on from its record. */
  readonly onRestored: () => void
  /** What the hosts that answer say of their panes now. */
  readonly announcements: () => Promise<readonly Announcement[]>
  readonly logger: Logger
  /** Ms between two looks when nobody asks for one. */
  readonly everyMs?: number
}

export interface Reconciler {
  /** Looks now, and once more after the sighting gap when something disagrees. */
  look(): void
  /** Looks within a second or so: something moved that may matter. */
  soon(): void
  /** Gives up what it waits for; a mending that is under way is repeat-safe, and the next start looks first. */
  close(): Promise<void>
}

const soonMs = 1_000

/** Carries out `model/reconcile`: on boot, when a host announces itself, after a full read, and every minute. */
export function startReconciler(deps: ReconcilerDeps): Reconciler {
  let sightings: Sightings = {}
  let timer: NodeJS.Timeout | undefined
  let soonTimer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let failed = false
  const closing = new AbortController()

  const plan = (ms: number): void => {
    clearTimeout(timer)
    if (!closing.signal.aborted) timer = setTimeout(look, ms)
  }

  function look(): void {
    if (closing.signal.aborted) return
    if (running !== undefined) {
      again = true
      return
    }
    failed = false
    running = once()
      .catch((error: unknown) => {
        if (closing.signal.aborted) return
        failed = true
        deps.logger.warn({ err: error }, 'reconciliation could not look')
      })
      .finally(() => {
        running = undefined
        const restless = failed || Object.keys(sightings).length > 0
        plan(again ? 50 : restless ? sightingGap + 100 : (deps.everyMs ?? 60_000))
        again = false
      })
  }

  async function once(): Promise<void> {
    const processes = deps.processes()
    await processes?.until(closing.signal, () => lookThrough(processes))
  }

  async function lookThrough(processes: Processes): Promise<void> {
    const seats = await processes.seats()
    if (seats === undefined) {
      await deps.restorer.begin(processes)
      deps.onRestored()
      again = true
      return
    }
    const input = await readDisagreeing(deps, processes)
    const result = reconcile({ ...input, seats, sightings, now: Date.now() })
    sightings = result.sightings
    for (const action of result.actions) {
      if (closing.signal.aborted) return
      deps.logger.info({ action }, 'reconciling')
      await carryOut(action, deps, processes).catch((error: unknown) => {
        failed = true
        deps.logger.warn({ err: error, action }, 'a disagreement could not be mended yet')
      })
    }
  }

  function soon(): void {
    if (soonTimer !== undefined || closing.signal.aborted) return
    soonTimer = setTimeout(() => {
      soonTimer = undefined
      look()
    }, soonMs)
  }

  look()
  return {
    look,
    soon,
    async close() {
      closing.abort()
      clearTimeout(timer)
      clearTimeout(soonTimer)
      await running
    },
  }
}
