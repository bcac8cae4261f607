/** The place of a text with what it is found by, in small letters; null takes it away. */
export type SearchEntry = readonly [place: number, text: string | null]

/** One that was asked for, with the places of those that it found. */
interface Asked {
  readonly words: readonly string[]
  readonly places: readonly number[]
}

const rememberedAtMost = 40

/**
 * Finds texts by words. A plain look at every text: 10,000 of them take about a millisecond; and where more is typed
 * than before, at those alone that were found before.
 */
export class SearchIndex {
  readonly #texts: (string | null)[] = []
  #asked: readonly Asked[] = []

  put(entries: readonly SearchEntry[]): void {
    this.#asked = []
    for (const [place, text] of entries) {
      while (this.#texts.length <= place) this.#texts.push(null)
      this.#texts[place] = text
    }
  }

  clear(): void {
    this.#asked = []
    this.#texts.length = 0
  }

  /** 1 at the place of each text that holds every word. */
  find(words: readonly string[]): Uint8Array<ArrayBuffer> {
    const found = new Uint8Array(this.#texts.length)
    for (const place of this.#placesOf(words)) found[place] = 1
    return found
  }

  #placesOf(words: readonly string[]): readonly number[] {
    const wider = this.#asked.filter((asked) => isWithin(words, asked.words))
    const narrowest = wider.length === 0 ? this.#all() : wider.reduce(fewer)
    if (isWithin(narrowest.words, words)) return narrowest.places
    const places = narrowest.places.filter((place) => {
      const text = this.#texts[place]
      return text != null && words.every((word) => text.includes(word))
    })
    this.#asked = [...this.#asked, { words, places }].slice(-rememberedAtMost)
    return places
  }

  #all(): Asked {
    return { words: [], places: [...this.#texts.keys()] }
  }
}

/** Whether every text that holds `words` holds `wider` too. */
export function isWithin(words: readonly string[], wider: readonly string[]): boolean {
  return wider.every((part) => words.some((word) => word.includes(part)))
}

function fewer(one: Asked, other: Asked): Asked {
  return other.places.length < one.places.length ? other : one
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
