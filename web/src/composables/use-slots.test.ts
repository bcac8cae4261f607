import { afterEach, beforeEach, expect, it } from 'vitest'
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue'
import { useSlots, type Place } from './use-slots.ts'

interface Item {
  readonly key: string
  readonly at: number
}

let scope: EffectScope
beforeEach(() => (scope = effectScope()))
afterEach(() => scope.stop())
const slots = (seen: () => Item[]) =>
  scope.run(() => useSlots(seen, () => () => false)) as NonNullable<ReturnType<typeof useSlots<Item>>>
const items = (keys: string): Item[] => Array.from(keys, (key, at) => ({ key, at }))
const told = (places: readonly Place<Item>[]): string =>
  places.map(({ slot, shown: { value } }) => `${value.item.key}${slot}${value.spare ? ' spare' : ''}`).join(', ')

it('an element learns by itself what it shows; the list is another one only with more of them or another order', async () => {
  const seen = shallowRef(items('abc'))
  const places = slots(() => seen.value)
  const first = places.value
  expect(told(first)).toBe('a0, b1, c2')
  seen.value = items('xyz')
  await nextTick()
  expect(places.value).toBe(first)
  expect(told(first)).toBe('x0, y1, z2')
  seen.value = items('x')
  await nextTick()
  expect(places.value).toBe(first)
  expect(told(first)).toBe('x0, y1 spare, z2 spare')
  seen.value = items('pqrs')
  await nextTick()
  expect(told(places.value)).toBe('p0, q1, r2, s3')
  expect(places.value.slice(0, 3)).toEqual(first)
  seen.value = items('spqr')
  await nextTick()
  expect(told(places.value)).toBe('s3, p0, q1, r2')
  expect(places.value[1]).toBe(first[0])
})

it('what stays as it is tells nobody', async () => {
  const seen = shallowRef(items('ab'))
  const places = slots(() => seen.value)
  const [a, b] = places.value.map(({ shown }) => shown.value)
  seen.value = items('ac')
  await nextTick()
  expect(places.value[0]?.shown.value).toBe(a)
  expect(places.value[1]?.shown.value).not.toBe(b)
})
