import { expect, test } from 'vitest'
import { newIdentifier, seededIdentifier } from './identifier.ts'

test('identifiers sort by time', () => {
  const ids = [1_000, 2_000, 1_800_000_000_000].map((now) => newIdentifier(now))
  expect(ids.toSorted()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
})

test('the last 16 letters of a seeded identifier follow from its seed alone', () => {
  const [one, later, other] = [seededIdentifier('a', 1_000), seededIdentifier('a', 9_000), seededIdentifier('b', 1_000)]
  expect(one.slice(-16)).toBe(later.slice(-16))
  expect(one.slice(0, 10) < later.slice(0, 10)).toBe(true)
  expect(other.slice(-16)).not.toBe(one.slice(-16))
})
