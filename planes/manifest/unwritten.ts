import type { ManifestEntry } from '../../model/manifest.ts'

/** Entries that may wait for a disk that takes nothing. */
const most = 1_000

/** Entries on their way to the file, in order; of too many, the last to come are lost. */
export class Unwritten {
  #waiting: { readonly entry: ManifestEntry; readonly tried: () => void }[] = []
  #dropped = 0

  /** How many are not in the file. */
  get count(): number {
    return this.#waiting.length + this.#dropped
  }

  /** How many never will be. */
  get dropped(): number {
    return this.#dropped
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Resolves when it was tried to write the entry, with success or without. */
  add(entry: ManifestEntry): Promise<void> {
    if (this.#waiting.length >= most) {
      this.#dropped += 1
      return Promise.resolve()
    }
    return new Promise((tried) => this.#waiting.push({ entry, tried }))
  }

  first(count: number): ManifestEntry[] {
    return this.#waiting.slice(0, count).map(({ entry }) => entry)
  }

  written(count: number): void {
    for (const { tried } of this.#waiting.splice(0, count)) tried()
  }

  /** Nobody waits any longer for those that are left. */
  failed(): void {
    for (const { tried } of this.#waiting) tried()
  }
}
