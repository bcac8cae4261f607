import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { isJsonObject, parseJson } from '../../../model/json.ts'

/** A view with a name; `query` is what stands in the address behind the `?`. */
export interface SavedView {
  readonly name: string
  readonly query: string
}

const storageKey = 'gemba.views'
const savedAtMost = 100

/** Views that this browser keeps. */
export const useSavedViews = defineStore('saved-views', () => {
  const all = shallowRef<readonly SavedView[]>(readViews())

  function write(next: readonly SavedView[]): void {
    all.value = next.slice(0, savedAtMost)
    globalThis.localStorage?.setItem(storageKey, JSON.stringify(all.value))
  }

  /** One of the same name is replaced. */
  function save(view: SavedView): void {
    write([...all.value.filter(({ name }) => name !== view.name), view])
  }

  /** A name that another view has is taken over from it. */
  function rename(from: string, to: string): void {
    const others = all.value.filter(({ name }) => name === from || name !== to)
    write(others.map((view) => (view.name === from ? { ...view, name: to } : view)))
  }

  function remove(name: string): void {
    write(all.value.filter((view) => view.name !== name))
  }

  return { all, save, rename, remove }
})

function readViews(): readonly SavedView[] {
  const list = parseJson(globalThis.localStorage?.getItem(storageKey) ?? '')
  return Array.isArray(list) ? list.filter(isView) : []
}

function isView(value: unknown): value is SavedView {
  return isJsonObject(value) && typeof value['name'] === 'string' && typeof value['query'] === 'string'
}
