import { onTestFinished, vi } from 'vitest'

/** Lets milliseconds pass at once, for what asks `performance.now`, until the test is over. */
export function steppedClock(): (ms: number) => void {
  const now = performance.now.bind(performance)
  let passed = 0
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed)
  onTestFinished(() => spy.mockRestore())
  return (ms) => void (passed += ms)
}
