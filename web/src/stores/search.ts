import { defineStore } from 'pinia'
import { searchText } from '../domain/bead-filter.ts'
import type { SearchAnswer, SearchRequest } from '../search/search-index.ts'
import { SearchPlaces, type Found } from '../search/search-places.ts'
import { useBeads } from './beads.ts'

/** Finds beads by the words in them, in a thread of its own that hears of every change. */
export const useSearch = defineStore('search', () => {
  const beads = useBeads()
  const places = new SearchPlaces()
  const asked = new Map<number, (found: Found) => void>()
  let last = 0
  let worker: Worker | null = null

  function send(request: SearchRequest): void {
    worker?.postMessage(request)
  }

  function tellAll(): void {
    send({ kind: 'put', anew: true, entries: beads.all.map((bead) => [places.of(bead.id), searchText(bead)]) })
  }

  function tellSome(ids: readonly string[]): void {
    const entries = ids.map((id) => {
      const bead = beads.get(id)
      return [places.of(id), bead === undefined ? null : searchText(bead)] as const
    })
    send({ kind: 'put', anew: false, entries })
  }

  /** Starts the thread; what is found first would else wait for it. */
  function open(): void {
    if (worker !== null) return
    worker = new Worker(new URL('../search/search-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<SearchAnswer>) => {
      asked.get(data.ask)?.(places.read(data.found))
      asked.delete(data.ask)
    })
    tellAll()
    beads.hear((ids) => (ids === 'all' ? tellAll() : tellSome(ids)))
  }

  /** Ids of the beads that hold every word. */
  function find(words: readonly string[]): Promise<Found> {
    open()
    last += 1
    const ask = last
    return new Promise((resolve) => {
      asked.set(ask, resolve)
      send({ kind: 'find', ask, words })
    })
  }

  return { open, find, placeOf: (id: string) => places.of(id) }
})
