import { afterEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useOverscan } from './use-overscan.ts'

afterEach(() => vi.useRealTimers())

it('draws nothing beyond what is seen when many rows come or go, and the rest when there is time', () => {
  vi.useFakeTimers()
  const count = ref(3_000)
  const scope = effectScope()
  scope.run(() => {
    const overscan = useOverscan(() => count.value, 12)
    expect(overscan.value).toBe(12)
    count.value = 2_995
    expect(overscan.value).toBe(12)
    count.value = 40
    expect(overscan.value).toBe(0)
    vi.runAllTimers()
    expect(overscan.value).toBe(12)
    count.value = 0
    scope.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
