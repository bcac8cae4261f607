/**
 * Numbers the ids that the index knows, so that ten thousand of them need not be handed from thread to thread with each
 * answer: a byte for each is. An id keeps its number for good.
 */
export class SearchPlaces {
  readonly #places = new Map<string, number>()
  readonly #ids: string[] = []

  of(id: string): number {
    const known = this.#places.get(id)
    if (known !== undefined) return known
    this.#places.set(id, this.#ids.length)
    return this.#ids.push(id) - 1
  }

  /** The ids of those that were found. */
  read(found: Uint8Array): Found {
    const ids = this.#ids
    return {
      of: (things, places) => {
        const own: (typeof things)[number][] = []
        let at = 0
        // A plain loop: it is run over ten thousand with each key.
        for (const thing of things) if (found[places[at++] ?? -1] === 1) own.push(thing)
        return own
      },
      *[Symbol.iterator]() {
        for (const [place, is] of found.entries()) if (is === 1) yield ids[place] as string
      },
    }
  }
}

/** Ids that a search found, in the order in which they became known. */
export interface Found extends Iterable<string> {
  /** Those of `things` whose ids are among them, in their order; `places` has the number of each one's id. */
  of<Thing>(things: readonly Thing[], places: Int32Array): readonly Thing[]
}
