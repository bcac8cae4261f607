import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WrongTries } from './wrong-tries.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('lets ten a minute pass from one address, and says how long the rest is to wait', () => {
  const wrong = new WrongTries()
  for (let tries = 0; tries < 10; tries++) expect(wrong.note('10.0.0.1')).toBe(0)
  vi.advanceTimersByTime(20_000)
  expect(wrong.note('10.0.0.1')).toBe(40)
  expect(wrong.note('10.0.0.2')).toBe(0)
  vi.advanceTimersByTime(40_000)
  expect(wrong.note('10.0.0.1')).toBe(0)
})

it('takes a network of IPv6 for one address', () => {
  const wrong = new WrongTries()
  for (let tries = 0; tries < 10; tries++) wrong.note(`2001:db8::${tries}`)
  expect(wrong.note('2001:db8:0:0:5:6:7:8')).toBeGreaterThan(0)
  expect(wrong.note('2001:db8:0:1::1')).toBe(0)
  for (let tries = 0; tries < 10; tries++) wrong.note('::1')
  expect(wrong.note('::1')).toBeGreaterThan(0)
  expect(wrong.note('::ffff:10.0.0.1')).toBe(0)
})

it('remembers a bounded number of addresses', () => {
  const wrong = new WrongTries()
  for (let number = 0; number < 5_000; number++) wrong.note(`10.0.${number >> 8}.${number & 255}`)
  expect(wrong.size).toBe(1_000)
})
