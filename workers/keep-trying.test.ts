import { expect, test, vi } from 'vitest'
import { keepTrying } from './keep-trying.ts'

/** Fails until `well` is set. */
function trial() {
  const state = { well: false, tries: 0 }
  const stop = new AbortController()
  const failed = vi.fn()
  const trying = keepTrying(
    async () => {
      state.tries += 1
      if (!state.well) throw new Error('away')
    },
    stop.signal,
    failed,
  )
  return { state, stop, failed, trying }
}

test('tries again at once where somebody asks, and tells when that try has ended', async () => {
  const { state, failed, trying } = trial()
  await trying.firstTry
  // By itself it would wait for minutes between all of these.
  for (let n = 0; n < 50; n += 1) await trying.again()
  expect([state.tries, failed.mock.calls.length]).toEqual([51, 51])
  state.well = true
  await trying.again()
  await trying.done
  await trying.again()
  expect(state.tries).toBe(52)
})

test('ends when it is stopped while it waits', async () => {
  const { stop, trying } = trial()
  await trying.firstTry
  stop.abort()
  await expect(trying.done).rejects.toThrow()
  await trying.again()
})
