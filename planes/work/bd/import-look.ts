import { setImmediate as nextTurn } from 'node:timers/promises'
import { nextRevision } from '../revision.ts'
import { exportedBead, type BdBead } from './bd-bead.ts'
import { exportedIssues } from './bd-output.ts'
import type { BdSource } from './bd-source.ts'
import { bookOf, type ImportBook } from './import-book.ts'
import { digested } from './mirror.ts'

/** Milliseconds that bd may take. */
const readingMs = 120_000
/** Beads that are taken in at once; between two lots others have a turn. */
const lot = 250

/**
 * All beads of a folder as they are now, by one run of bd: to ask it for many by their ids takes far longer. The mirror
 * sees them as well.
 */
export async function freshBook({ bd, sightings: { mirror } }: BdSource): Promise<ImportBook> {
  const revision = nextRevision()
  const lines = (await bd.run(['export', '--all'], [], { timeout: readingMs })).split('\n')
  const beads = new Map<string, BdBead>()
  for (let start = 0; start < lines.length; start += lot) {
    if (start > 0) await nextTurn()
    for (const issue of exportedIssues(lines.slice(start, start + lot))) {
      const bead = exportedBead(issue)
      beads.set(bead.row.id, bead)
    }
  }
  mirror.replace([...beads.values()].map(digested), revision)
  return bookOf(beads)
}
