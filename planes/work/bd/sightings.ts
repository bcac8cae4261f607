import { setImmediate } from 'node:timers/promises'
import { nextRevision } from '../revision.ts'
import { exportedBead } from './bd-bead.ts'
import { exportedIssues } from './bd-output.ts'
import type { BdProgram } from './bd-program.ts'
import type { BeadsFolder } from './discover-beads.ts'
import { createMirror, digested, type DigestedBead, type Mirror } from './mirror.ts'
import { tracesOf } from './traces.ts'

/** A full reading of the database may take at most one part in so many of the time. */
const restFactor = 10

/** Looks at the whole database, as seldom as can be: bd takes seconds for it. */
export interface Sightings {
  readonly mirror: Mirror
  /** Reads all beads when they may have changed since the last time; everybody shares one reading. */
  look(): Promise<void>
  /** Like `look`; while nobody watches, only a hint or a long time makes it read. */
  glance(): Promise<void>
  /** The next look reads, whatever the files tell. */
  suspect(): void
  /** Runs something of ours, whose own traces are no hint that others have written. */
  own<T>(act: () => Promise<T>, kind: 'read' | 'write'): Promise<T>
}

export interface SightingOptions {
  readonly folder: BeadsFolder
  /** Milliseconds between full readings when nothing hints at a change. */
  readonly slowMs: number
  /** Whether somebody looks at what changes. */
  readonly watched: () => boolean
  /** Milliseconds that a full reading may take. */
  readonly readingMs: number
}

/** Milliseconds for which a failure is told without another try. */
const restMs = 5_000
/** Beads that are taken in at once; between two lots others have a turn. */
const lot = 250

/** While nobody watches, or each write of others would show, full readings without a hint are so many times rarer. */
const rareFactor = 12

export function sightings(bd: BdProgram, { folder, slowMs, watched, readingMs }: SightingOptions): Sightings {
  const mirror = createMirror()
  let reading: Promise<void> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let took = 0
  let seen = ''
  let hinted = false
  /** Others may have written together with us, which no trace tells. */
  let doubtful = false
  /** Writes of ours that were begun, and those that have ended. */
  let [begun, ended] = [0, 0]
  let failure: { readonly error: unknown; readonly at: number } | undefined

  const read = async (): Promise<void> => {
    const revision = nextRevision()
    const { mark } = await tracesOf(folder)
    const [writes, begin] = [ended, performance.now()]
    mirror.replace(await digest(await bd.run(['export', '--all'], [], { timeout: readingMs })), revision)
    readAt = performance.now()
    took = readAt - begin
    hinted = false
    if (begun > writes) return
    seen = mark
    doubtful = false
  }
  const share = (): Promise<void> => {
    if (failure !== undefined && performance.now() - failure.at < Math.min(slowMs, restMs)) throw failure.error
    reading ??= read()
      .then(
        () => void (failure = undefined),
        (error: unknown) => {
          failure = { error, at: performance.now() }
          throw error
        },
      )
      .finally(() => (reading = undefined))
    return reading
  }
  const isDue = async (isWatched: boolean): Promise<boolean> => {
    if (slowMs === 0) return true
    const { mark, exact } = await tracesOf(folder)
    if (begun === ended) hinted ||= mark !== seen
    const passed = performance.now() - readAt
    const most = slowMs * (isWatched && !(exact && !doubtful) ? 1 : rareFactor)
    if (passed >= Math.max(most, took * restFactor)) return true
    return hinted && passed >= (isWatched ? Math.min(slowMs, took * 2) : Math.max(slowMs, took * restFactor))
  }
  return {
    mirror,
    look: async () => {
      if (slowMs === 0 && reading !== undefined) await reading.catch(() => undefined)
      if (await isDue(true)) await share()
    },
    glance: async () => {
      if (await isDue(watched())) await share()
    },
    suspect: () => {
      readAt = Number.NEGATIVE_INFINITY
      failure = undefined
    },
    own: async (act, kind) => {
      const isWrite = kind === 'write'
      if (begun === ended) hinted ||= (await tracesOf(folder)).mark !== seen
      if (isWrite) begun += 1
      try {
        return await act()
      } catch (error) {
        hinted = true
        throw error
      } finally {
        const { mark, exact } = await tracesOf(folder)
        if (!exact || isWrite) seen = mark
        if (isWrite) ended += 1
        doubtful ||= isWrite
      }
    },
  }
}

async function digest(exported: string): Promise<DigestedBead[]> {
  const lines = exported.split('\n')
  const found: DigestedBead[] = []
  for (let start = 0; start < lines.length; start += lot) {
    if (start > 0) await setImmediate()
    const issues = exportedIssues(lines.slice(start, start + lot))
    found.push(...issues.map((issue) => digested(exportedBead(issue))))
  }
  return found
}
