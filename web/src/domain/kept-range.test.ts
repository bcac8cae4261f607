import { expect, it } from 'vitest'
import { keptIn } from './kept-range.ts'

it('draws what is seen, what is around it, and what is kept', () => {
  const range = { startIndex: 10, endIndex: 12, overscan: 2, count: 14 }
  expect(keptIn(range, [])).toEqual([8, 9, 10, 11, 12, 13])
  expect(keptIn(range, [3, 11, 3, -1, 99])).toEqual([3, 8, 9, 10, 11, 12, 13])
  expect(keptIn({ startIndex: 0, endIndex: 0, overscan: 2, count: 0 }, [])).toEqual([])
})
