import { Value } from 'typebox/value'
import type { BeadSummary } from '../../model/bead.ts'
import { noTrouble } from '../../model/error.ts'
import type { Board, BoardChange, Health } from '../../model/board.ts'
import { beadSummary as summary } from '../../model/schema/bead.ts'
import type { MemoryWorkPlane } from './memory-work-plane.ts'
import { at } from './samples.ts'

/** In memory, for the unit tests of this folder only; the real board stands behind the API in the end-to-end suites. */
export class MemoryBoard implements Board {
  refreshes = 0
  #beads: readonly BeadSummary[] = []
  readonly #work: MemoryWorkPlane

  constructor(work: MemoryWorkPlane) {
    this.#work = work
  }

  all(): readonly BeadSummary[] {
    return this.#beads
  }

  get(id: string): BeadSummary | undefined {
    return this.#beads.find((bead) => bead.id === id)
  }

  async refresh(): Promise<void> {
    this.refreshes++
    const revision = this.refreshes
    this.#beads = [...this.#work.beads.values()].map(
      (bead) => Value.Clean(summary, { ...bead, revision }) as BeadSummary,
    )
  }

  reread(): Promise<void> {
    return this.refresh()
  }

  onChange(_: (change: BoardChange) => void): () => void {
    return () => undefined
  }

  health(): Health {
    return { healthy: true, ...noTrouble, since: at }
  }

  lastSync(): string | null {
    return this.refreshes === 0 ? null : at
  }

  onHealth(_: (health: Health) => void): () => void {
    return () => undefined
  }

  async close(): Promise<void> {}
}
