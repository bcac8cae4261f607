import { expect, test } from 'vitest'
import { start } from './exec.ts'
import { identify, isAlive, isStillRunning } from './process-identity.ts'

test('a process is alive until it ends, and nobody else is it', async () => {
  const child = start('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const identity = await identify(child.pid ?? 0)
  expect(isAlive(identity)).toBe(true)
  expect(await isStillRunning(identity)).toBe(true)
  expect(await isStillRunning({ ...identity, start: 'another life' })).toBe(false)
  child.stdin?.end()
  await ended
  expect(isAlive(identity)).toBe(false)
  expect(await isStillRunning(identity)).toBe(false)
})

test('a number that nobody has is never alive', async () => {
  const nobody = await identify(2 ** 22 + 1)
  expect(nobody.start).toBe('')
  expect(isAlive(nobody)).toBe(false)
})
