import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { nextRevision } from '../revision.ts'
import { exportedBead } from './bd-bead.ts'
import { exportedIssues } from './bd-output.ts'
import type { BdProgram } from './bd-program.ts'
import { hintFile } from './gemba-folder.ts'
import { createMirror, digested, type DigestedBead, type Mirror } from './mirror.ts'

/** A full reading of the database may take at most one part in so many of the time. */
const restFactor = 10

/** Looks at the whole database, as seldom as can be: bd takes seconds for it. */
export interface Sightings {
  readonly mirror: Mirror
  /** Reads all beads when they may have changed since the last time; everybody shares one reading. */
  look(): Promise<void>
  /** Like `look`; while nobody watches, only a hint or a long time makes it read. */
  glance(): Promise<void>
  /** Runs something of ours, whose own traces are no hint that others have written. */
  own<T>(act: () => Promise<T>): Promise<T>
  /** More may have changed than was seen. */
  suspect(): void
}

export interface SightingOptions {
  readonly beads: string
  /** Milliseconds between full readings when nothing hints at a change. */
  readonly slowMs: number
  /** Whether somebody looks at what changes. */
  readonly watched: () => boolean
}

/** Milliseconds that a full reading may take. */
const readingMs = 120_000
/** Milliseconds for which a failure is told without another try. */
const restMs = 5_000
/** Beads that are taken in at once; between two lots others have a turn. */
const lot = 250

/** While nobody watches, full readings are so many times rarer. */
const unwatchedFactor = 12

export function sightings(bd: BdProgram, { beads, slowMs, watched }: SightingOptions): Sightings {
  const mirror = createMirror()
  let reading: Promise<void> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let took = 0
  let seen = ''
  let hinted = false
  let failure: { readonly error: unknown; readonly at: number } | undefined

  const read = async (): Promise<void> => {
    const revision = nextRevision()
    const traces = await tracesIn(beads)
    const begin = performance.now()
    mirror.replace(await digest(await bd.run(['export', '--all'], [], { timeout: readingMs })), revision)
    readAt = performance.now()
    took = readAt - begin
    seen = traces
    hinted = false
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
  const isDue = async (factor: number): Promise<boolean> => {
    if (slowMs === 0) return true
    const passed = performance.now() - readAt
    if (passed >= Math.max(slowMs * factor, took * restFactor)) return true
    hinted ||= (await tracesIn(beads)) !== seen
    return hinted && passed >= Math.min(slowMs, took * 2)
  }
  return {
    mirror,
    look: async () => {
      if (slowMs === 0 && reading !== undefined) await reading.catch(() => undefined)
      if (await isDue(1)) await share()
    },
    glance: async () => {
      if (await isDue(watched() ? 1 : unwatchedFactor)) await share()
    },
    own: async (act) => {
      hinted ||= (await tracesIn(beads)) !== seen
      try {
        return await act()
      } catch (error) {
        hinted = true
        throw error
      } finally {
        seen = await tracesIn(beads)
      }
    },
    suspect: () => void (hinted = true),
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

/** Files that programs touch when they write: bd, its hooks, and Gemba in any process. */
async function tracesIn(beads: string): Promise<string> {
  const files = [join(beads, 'last-touched'), join(beads, 'interactions.jsonl'), hintFile(beads)]
  const marks = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined)
    return found === undefined ? '' : `${found.mtimeNs}.${found.size}`
  })
  return (await Promise.all(marks)).join(' ')
}
