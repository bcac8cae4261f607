import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GembaError } from '../model/error.ts'
import { idleMs, SignIns } from './sign-ins.ts'
import { MemoryStore } from './testing/memory-store.ts'

let store: MemoryStore
let signIns: SignIns
beforeEach(async () => {
  vi.useFakeTimers()
  store = new MemoryStore()
  signIns = await SignIns.open(store, 'token')
})
afterEach(() => {
  signIns.close()
  vi.useRealTimers()
})

const again = async (token = 'token') => {
  signIns.close()
  signIns = await SignIns.open(store, token)
}
/** As a browser that is used does. */
const use = (cookie: string) => {
  const signIn = signIns.find(cookie)
  return signIn !== undefined && signIns.use(signIn)
}

describe('a sign-in', () => {
  it('is known by its cookie, and neither cookie nor secret is kept', async () => {
    const { id, cookie, secret } = await signIns.add()
    expect(signIns.find(cookie)?.id).toBe(id)
    for (const other of [id, `${id}.`, `${id}.x`, `x.${cookie}`, '', '.']) expect(signIns.find(other)).toBeUndefined()
    const kept = JSON.stringify(await store.signIns())
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(cookie.split('.')[1])
  })

  it('outlives a restart, but not another token', async () => {
    const { cookie } = await signIns.add()
    await again()
    expect(signIns.find(cookie)).toBeDefined()
    await again('another')
    expect(signIns.find(cookie)).toBeUndefined()
    expect(await store.signIns()).toEqual([])
  })

  it('ends when it was not used for thirty days, and what was opened with it ends too', async () => {
    const [idle, used] = [await signIns.add(), await signIns.add()]
    const closed: string[] = []
    signIns.onEnd(idle.id, () => closed.push('idle'))
    signIns.onEnd(used.id, () => closed.push('used'))
    vi.advanceTimersByTime(idleMs - 3_600_000)
    expect(use(used.cookie)).toBe(true)
    expect(use(used.cookie)).toBe(false)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(signIns.find(idle.cookie)).toBeUndefined()
    expect(closed).toEqual(['idle'])
    await again()
    expect(signIns.find(used.cookie)).toBeDefined()
    expect((await store.signIns()).map(({ id }) => id)).toEqual([used.id])
  })

  it('ends what was opened with it once, and nothing that was released', async () => {
    const { id, cookie } = await signIns.add()
    const closed: string[] = []
    const release = signIns.onEnd(id, () => closed.push('released'))
    signIns.onEnd(id, () => closed.push('open'))
    release()
    await signIns.end(id)
    await signIns.end(id)
    expect(closed).toEqual(['open'])
    expect(signIns.find(cookie)).toBeUndefined()
  })

  it('goes on when its end can not be written down', async () => {
    const { id, cookie } = await signIns.add()
    store.deleteSignIn = () => Promise.reject(new GembaError('store_unavailable', { why: 'away' }))
    await expect(signIns.end(id)).rejects.toThrow(GembaError)
    expect(signIns.find(cookie)).toBeDefined()
  })

  it('makes the one used longest ago end when there are too many', async () => {
    const first = await signIns.add()
    const second = await signIns.add()
    vi.advanceTimersByTime(3_600_000)
    use(first.cookie)
    for (let number = 0; number < 99; number++) await signIns.add()
    expect(signIns.find(first.cookie)).toBeDefined()
    expect(signIns.find(second.cookie)).toBeUndefined()
    expect(await store.signIns()).toHaveLength(100)
  })
})
