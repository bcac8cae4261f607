/** An id with what it is found by, in small letters; null takes it away. */
export type SearchEntry = readonly [id: string, text: string | null]

/** Finds texts by words. A plain look at every text: 10,000 of them take about a millisecond. */
export class SearchIndex {
  readonly #texts = new Map<string, string>()

  put(entries: readonly SearchEntry[]): void {
    for (const [id, text] of entries) {
      if (text === null) this.#texts.delete(id)
      else this.#texts.set(id, text)
    }
  }

  clear(): void {
    this.#texts.clear()
  }

  /** Ids of the texts that hold every word. */
  find(words: readonly string[]): string[] {
    const found: string[] = []
    for (const [id, text] of this.#texts) if (words.every((word) => text.includes(word))) found.push(id)
    return found
  }
}

/** What the page tells the index in its thread. */
export type SearchRequest =
  | { readonly kind: 'put'; readonly anew: boolean; readonly entries: readonly SearchEntry[] }
  | { readonly kind: 'find'; readonly ask: number; readonly words: readonly string[] }

/** The answer to `find`. */
export interface SearchAnswer {
  readonly ask: number
  readonly ids: readonly string[]
}
