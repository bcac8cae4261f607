import { judgeDisk, type DiskState } from '../../model/disk.ts'
import type { DiskView } from '../api-deps.ts'

/** A disk whose room a test sets. */
export class FakeDisk implements DiskView {
  state = judgeDisk([{ folder: '/data', free: 1e12, files: null }], 5e8, 'ok')
  readonly #listeners = new Set<(state: DiskState) => void>()

  onChange(listener: (state: DiskState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  has(free: number): void {
    this.state = judgeDisk([{ folder: '/data', free, files: null }], 5e8, this.state.status)
    for (const listener of this.#listeners) listener(this.state)
  }
}
