/** The place of a text with what it is found by, in small letters; null takes it away. */
export type SearchEntry = readonly [place: number, text: string | null]

/** Finds texts by words. A plain look at every text: 10,000 of them take about a millisecond. */
export class SearchIndex {
  readonly #texts: (string | null)[] = []

  put(entries: readonly SearchEntry[]): void {
    for (const [place, text] of entries) {
      while (this.#texts.length <= place) this.#texts.push(null)
      this.#texts[place] = text
    }
  }

  clear(): void {
    this.#texts.length = 0
  }

  /** 1 at the place of each text that holds every word. */
  find(words: readonly string[]): Uint8Array<ArrayBuffer> {
    const found = new Uint8Array(this.#texts.length)
    for (const [place, text] of this.#texts.entries())
      if (text !== null && words.every((word) => text.includes(word))) found[place] = 1
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
  readonly found: Uint8Array<ArrayBuffer>
}
