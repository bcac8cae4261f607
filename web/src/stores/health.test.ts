import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useHealth } from './health.ts'

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => {
  useHealth().stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function answer(parts: Record<string, { ok: boolean; why: string }>): void {
  const ok = Object.values(parts).every((part) => part.ok)
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ ok, parts }, { status: ok ? 200 : 503 })))
}

it('says which part of the server does not answer, and takes it back', async () => {
  const health = useHealth()
  const well = { ok: true, why: '' }
  answer({ beads: well, temporal: { ok: false, why: 'connection refused' }, store: well })
  health.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(health.trouble).toMatchObject({ title: 'Temporal does not answer.', why: 'connection refused.' })
  answer({ beads: well, temporal: { ok: false, why: '' }, store: { ok: false, why: 'away' } })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(health.trouble).toMatchObject({ title: 'The operational store does not answer.', why: 'away.' })
  answer({ beads: well, temporal: well, store: well })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(health.trouble).toBeNull()
})

it('leaves a server that does not answer at all to the connection, and a broken one alone', async () => {
  const health = useHealth()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no server')))
  health.start()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(health.trouble).toBeNull()
})
