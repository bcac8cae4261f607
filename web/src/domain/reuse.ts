/** An element of a long list with what it shows; a spare one shows nothing, until there is more to show again. */
export interface Slot<Item> {
  readonly slot: number
  readonly item: Item
  readonly spare: boolean
}

/**
 * Elements for `items`, in their order. Making and moving elements takes longer than all else when something is typed
 * into a filter, so what comes is written into those that are free. While most of what was drawn stays, each keeps its
 * own; else all are written anew where they stand. Those that are left over stay at the end. An element with something
 * that is `held`, as by the focus, is never written over.
 */
export function reuse<Item extends { readonly key: string }>(
  before: readonly Slot<Item>[],
  items: readonly Item[],
  held: (key: string) => boolean,
): readonly Slot<Item>[] {
  const drawn = new Map(before.flatMap(({ slot, item, spare }) => (spare ? [] : [[item.key, slot] as const])))
  const most = items.filter(({ key }) => drawn.has(key)).length * 2 >= items.length
  const own = new Map(
    items.flatMap(({ key }) => {
      const slot = most || held(key) ? drawn.get(key) : undefined
      return slot === undefined ? [] : [[key, slot] as const]
    }),
  )
  const taken = new Set(own.values())
  const free = before.filter(({ slot, item, spare }) => !taken.has(slot) && (spare || !held(item.key)))
  let used = 0
  let last = Math.max(-1, ...before.map(({ slot }) => slot))
  const now = items.map((item) => ({ slot: own.get(item.key) ?? free[used++]?.slot ?? ++last, item, spare: false }))
  return [...now, ...free.slice(used).map((one) => ({ ...one, spare: true }))]
}
