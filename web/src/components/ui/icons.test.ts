import { expect, it } from 'vitest'
import { outlineOf, strokeAt } from './icons.ts'

it('a drawing keeps its form at every size', () => {
  expect(outlineOf('chevron', 16)).toBe('m5.5 3.5 4.8 4.5 -4.8 4.5')
  expect(outlineOf('chevron', 8)).toBe('m2.75 1.75 2.4 2.25 -2.4 2.25')
  expect(outlineOf('menu', 8)).toBe('M1.7 4h0.05M4 4h0.05M6.3 4h0.05')
  // The flags and the rotation of an arc are no lengths.
  expect(outlineOf('dot', 32)).toBe('M16 10.8a5.2 5.2 0 1 0 0 10.4 5.2 5.2 0 0 0 0 -10.4Z')
  expect([strokeAt(16), strokeAt(12)]).toEqual([1.4, 1.05])
})
