import type { SearchEntry } from './search-index.ts'

/** One that was answered, with the places of what was found where those are few. */
interface Answer {
  readonly words: readonly string[]
  readonly found: Uint8Array
  readonly few: readonly number[] | null
}

const rememberedAtMost = 200
/** As many texts are looked at in less time than another thread needs to answer. */
const fewAtMost = 3_000

/**
 * What was found before, kept in the page. Asked again, or where something is added to what had found few, the answer is
 * there at once, before the browser shows what was typed: an answer from another thread comes only after that. Whatever
 * else is asked the index answers, in its thread.
 */
export class SearchMemory {
  readonly #texts: (string | null)[] = []
  #answers: readonly Answer[] = []

  /** Takes what the index is told; what was found before it may be otherwise now. */
  put(entries: readonly SearchEntry[], anew: boolean): void {
    this.#answers = []
    if (anew) this.#texts.length = 0
    for (const [place, text] of entries) this.#texts[place] = text
  }

  remember(words: readonly string[], found: Uint8Array): void {
    let count = 0
    for (const is of found) count += is
    const few = count > fewAtMost ? null : placesIn(found)
    this.#answers = [...this.#answers, { words, found, few }].slice(-rememberedAtMost)
  }

  /** So much is found by `words` that only the index can tell what more of them finds. */
  isMuch(words: readonly string[]): boolean {
    return this.#answers.some(
      (answer) => answer.few === null && isWithin(words, answer.words) && isWithin(answer.words, words),
    )
  }

  /** 1 at the place of each text that holds every word, as the index would answer; null when only that can tell. */
  recall(words: readonly string[]): Uint8Array | null {
    const wider = this.#answers.filter((answer) => isWithin(words, answer.words))
    const same = wider.find((answer) => isWithin(answer.words, words))
    if (same !== undefined) {
      this.#answers = [...this.#answers.filter((answer) => answer !== same), same]
      return same.found
    }
    const narrowest = wider.reduce<Answer | null>((best, one) => (length(one) < length(best) ? one : best), null)
    if (narrowest === null || narrowest.few === null) return null
    const found = new Uint8Array(narrowest.found.length)
    for (const place of narrowest.few) {
      const text = this.#texts[place]
      if (text != null && words.every((word) => text.includes(word))) found[place] = 1
    }
    this.remember(words, found)
    return found
  }
}

/** Whether every text that holds `words` holds `wider` too. */
function isWithin(words: readonly string[], wider: readonly string[]): boolean {
  return wider.every((part) => words.some((word) => word.includes(part)))
}

function length(answer: Answer | null): number {
  return answer?.few?.length ?? Infinity
}

function placesIn(found: Uint8Array): number[] {
  const places: number[] = []
  for (let at = found.indexOf(1); at >= 0; at = found.indexOf(1, at + 1)) places.push(at)
  return places
}
