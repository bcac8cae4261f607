import { expect, it } from 'vitest'
import { tabAfter } from './tabs.ts'

const tabs = ['one', 'two', 'three'].map((id) => ({ id, title: id }))

it.each([
  ['one', 'ArrowRight', 'two'],
  ['three', 'ArrowRight', 'one'],
  ['one', 'ArrowLeft', 'three'],
  ['three', 'ArrowLeft', 'two'],
  ['two', 'Home', 'one'],
  ['two', 'End', 'three'],
  ['gone', 'ArrowRight', 'one'],
  ['gone', 'ArrowLeft', 'three'],
  ['one', 'ArrowDown', undefined],
  ['one', 'toString', undefined],
])('from tab %s the key %s leads to %s', (from, key, to) => {
  expect(tabAfter(tabs, from, key)).toBe(to)
})

it('without tabs no key leads anywhere', () => {
  expect(tabAfter([], 'one', 'Home')).toBeUndefined()
})
