import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openIntegratedMemory } from './integrated-memory.ts'

/** Looks that end when the test says so. */
function slowLooks() {
  const begun: PromiseWithResolvers<boolean>[] = []
  const look = () => {
    const one = Promise.withResolvers<boolean>()
    begun.push(one)
    return one.promise
  }
  return { begun, look }
}

it('answers at once with what the last look found, and looks again only when something happened', async () => {
  const memory = openIntegratedMemory()
  const { begun, look } = slowLooks()
  expect(memory.last('s1', 10, look), 'unknown').toBe(false)
  expect(memory.last('s1', 20, look), 'still looking').toBe(false)
  expect(begun).toHaveLength(1)
  begun[0]?.resolve(true)
  await turn()
  expect(memory.last('s1', 10, look)).toBe(true)
  expect(memory.last('s1', 20, look), 'heard again, a moment later').toBe(true)
  expect(begun).toHaveLength(1)
  memory.forget('s1')
  expect(memory.last('s1', 20, look)).toBe(false)
  begun[1]?.reject(new Error('no repository'))
  await turn()
  expect(memory.last('s1', 20, look), 'what can not be asked holds work').toBe(false)
  expect(begun).toHaveLength(2)
})

it('looks at two sessions at a time', async () => {
  const memory = openIntegratedMemory()
  const { begun, look } = slowLooks()
  const sessions = ['s1', 's2', 's3', 's4', 's5']
  for (const session of sessions) memory.last(session, 1, look)
  for (let done = 0; done < sessions.length; done += 1) {
    expect(begun).toHaveLength(Math.min(done + 2, sessions.length))
    begun[done]?.resolve(true)
    await turn()
  }
  expect(sessions.map((session) => memory.last(session, 1, look))).toEqual(sessions.map(() => true))
})
