import { expect, it } from 'vitest'
import { edgeSpeed } from './edge-speed.ts'

it('is still in the middle, and the faster the nearer to an edge', () => {
  expect(edgeSpeed(300, 100, 500)).toBe(0)
  expect(edgeSpeed(490, 100, 500)).toBeGreaterThan(edgeSpeed(460, 100, 500))
  expect(edgeSpeed(460, 100, 500)).toBeGreaterThan(0)
  expect(edgeSpeed(110, 100, 500)).toBeLessThan(edgeSpeed(140, 100, 500))
  expect(edgeSpeed(140, 100, 500)).toBeLessThan(0)
})

it('is at its fastest beyond the edge', () => {
  expect(edgeSpeed(900, 100, 500)).toBe(edgeSpeed(500, 100, 500))
  expect(edgeSpeed(0, 100, 500)).toBe(-edgeSpeed(500, 100, 500))
})

it('leaves a still middle in a low list too', () => {
  expect(edgeSpeed(30, 0, 60)).toBe(0)
})
