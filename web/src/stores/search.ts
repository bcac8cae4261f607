import { defineStore } from 'pinia'
import { searchText } from '../domain/bead-filter.ts'
import type { SearchAnswer, SearchEntry, SearchRequest } from '../search/search-index.ts'
import { SearchMemory } from '../search/search-memory.ts'
import { SearchPlaces, type Found } from '../search/search-places.ts'
import { useBeads } from './beads.ts'

/** What is looked for first, mostly. */
const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789')

/** Finds beads by the words in them, in a thread of its own that hears of every change. */
export const useSearch = defineStore('search', () => {
  const beads = useBeads()
  const places = new SearchPlaces()
  const memory = new SearchMemory()
  const asked = new Map<number, (found: Uint8Array) => void>()
  let asks = 0
  /** Rises with every question of a person: what is looked for in advance ends then. */
  let last = 0
  /** Rises with every change: what was asked before one is not remembered after it. */
  let told = 0
  let worker: Worker | null = null

  function send(request: SearchRequest): void {
    worker?.postMessage(request)
  }

  // From the beginning: whoever asks because of a change shall find it told.
  beads.hear((ids) => {
    if (worker === null) return
    if (ids === 'all') tellAll()
    else tellSome(ids)
  })

  function put(entries: readonly SearchEntry[], anew: boolean): void {
    told += 1
    memory.put(entries, anew)
    send({ kind: 'put', anew, entries })
  }

  function tellAll(): void {
    put(
      beads.all.map((bead) => [places.of(bead.id), searchText(bead)]),
      true,
    )
  }

  function tellSome(ids: readonly string[]): void {
    const entries = ids.map((id) => {
      const bead = beads.get(id)
      return [places.of(id), bead === undefined ? null : searchText(bead)] as const
    })
    put(entries, false)
  }

  /**
   * Starts the thread, and has it look for single letters: what is found first would else wait for it. To be called when
   * somebody is about to type.
   */
  function open(): void {
    start()
    void foresee([''])
  }

  /**
   * Has the index look for what may be typed after `words`, so that it is known by then. One letter after the other: a
   * question that comes meanwhile waits for one of them, and ends this.
   */
  async function foresee(words: readonly string[]): Promise<void> {
    const asking = last
    const version = told
    for (const letter of letters) {
      const next = [...words.slice(0, -1), (words.at(-1) ?? '') + letter]
      if (memory.recall(next) === null) await ask(next)
      if (asking !== last || version !== told) return
    }
  }

  function start(): void {
    if (worker !== null) return
    worker = new Worker(new URL('../search/search-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<SearchAnswer>) => {
      asked.get(data.ask)?.(data.found)
      asked.delete(data.ask)
    })
    tellAll()
  }

  /** Ids of the beads that hold every word: at once where that follows from what was found before. */
  function find(words: readonly string[]): Found | Promise<Found> {
    start()
    last += 1
    const asking = last
    const known = memory.recall(words)
    const goOn = (): void => {
      if (asking === last && memory.isMuch(words)) void foresee(words)
    }
    if (known === null) return ask(words).then((found) => (goOn(), places.read(found)))
    goOn()
    return places.read(known)
  }

  /** Has the index look, and remembers what it found unless something changed meanwhile. */
  function ask(words: readonly string[]): Promise<Uint8Array> {
    asks += 1
    const own = asks
    const version = told
    return new Promise((resolve) => {
      asked.set(own, (found) => {
        if (version === told) memory.remember(words, found)
        resolve(found)
      })
      send({ kind: 'find', ask: own, words })
    })
  }

  /** Of each of `things` the number of its id in what is found. */
  function placesOf(things: readonly { readonly id: string }[]): Int32Array {
    return Int32Array.from(things, ({ id }) => places.of(id))
  }

  return { open, find, placesOf }
})
