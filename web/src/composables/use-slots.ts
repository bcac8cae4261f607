import type { ShallowRef } from 'vue'
import { shallowRef, watchEffect } from 'vue'
import { reuse, type Slot } from '../domain/reuse.ts'

/** An element of a long list, for good; what it shows changes. */
export interface Place<Item> {
  readonly slot: number
  readonly shown: ShallowRef<Shown<Item>>
}

export interface Shown<Item> {
  readonly item: Item
  /** Not seen, and kept for what comes. */
  readonly spare: boolean
}

/**
 * The elements for what is seen of a long list. Each learns by itself what it shows; the list has to be drawn anew only
 * when there are more of them, or when they stand in another order. What is `held` is never written over.
 */
export function useSlots<Item extends { readonly key: string }>(
  seen: () => readonly Item[],
  held: () => (key: string) => boolean,
): Readonly<ShallowRef<readonly Place<Item>[]>> {
  const places = shallowRef<readonly Place<Item>[]>([])
  let drawn: readonly Place<Item>[] = []
  let slots: readonly Slot<Item>[] = []

  watchEffect(() => {
    const before = new Map(slots.map((slot, at) => [slot.slot, { slot, place: drawn[at] }]))
    slots = reuse(slots, seen(), held())
    const now = slots.map((slot) => placeOf(slot, before.get(slot.slot)))
    if (now.length !== drawn.length || now.some((place, at) => place !== drawn[at])) places.value = now
    drawn = now
  })

  return places
}

function placeOf<Item extends object>(
  { slot, item, spare }: Slot<Item>,
  before: { readonly slot: Slot<Item>; readonly place: Place<Item> | undefined } | undefined,
): Place<Item> {
  if (before?.place === undefined) return { slot, shown: shallowRef({ item, spare }) }
  const { place } = before
  if (before.slot.spare !== spare || !alike(before.slot.item, item)) place.shown.value = { item, spare }
  return place
}

function alike<Item extends object>(before: Item, now: Item): boolean {
  return (Object.keys(now) as (keyof Item)[]).every((key) => before[key] === now[key])
}
