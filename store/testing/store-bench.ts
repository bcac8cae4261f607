import { afterAll, beforeAll } from 'vitest'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import type { DatabaseKind } from './databases.ts'

/** One open store for the tests of a `describe`. */
export interface StoreBench {
  readonly store: Store
  /** Every test has sources, ids and a project of its own, for the database is shared. */
  name(stem: string): string
}

/** Opens it before the tests of the `describe` that calls this, and closes and removes it after them. */
export function storeBench(kind: DatabaseKind): StoreBench {
  let store: Store | undefined
  let unique = 0
  const releases: (() => unknown)[] = []
  beforeAll(async () => {
    const { at, remove } = await kind.create()
    releases.push(remove)
    const opened = await openStore({ at })
    releases.push(() => opened.close())
    store = opened
  })
  afterAll(async () => {
    for (const release of releases.reverse()) await release()
  })
  return {
    get store() {
      if (store === undefined) throw new Error('the store has not been opened yet')
      return store
    },
    name: (stem) => `${stem}-${(unique += 1)}`,
  }
}
