import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run, start } from './exec.ts'
import { lockHolder, tryLock, waitForLock } from './file-lock.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-lock-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('one holds the lock, another is told who', async () => {
  const first = await tryLock(folder, 'http://127.0.0.1:7666')
  const second = await tryLock(folder, 'other')
  expect(first.held).toBe(true)
  expect(second).toMatchObject({ held: false, holder: { pid: process.pid, note: 'http://127.0.0.1:7666' } })
  expect(await lockHolder(folder)).toMatchObject({ pid: process.pid })
})

test('a released lock is free, and a second release does not take it from the next', async () => {
  const first = await tryLock(folder, 'first')
  if (!first.held) throw new Error('not held')
  first.lock.release()
  expect(await lockHolder(folder)).toBeUndefined()
  const second = await tryLock(folder, 'second')
  first.lock.release()
  expect(second.held).toBe(true)
  expect(await lockHolder(folder)).toMatchObject({ note: 'second' })
})

test('a dead holder has lost it, also when its pid lives again in another process', async () => {
  const stale = { pid: process.pid, start: 'another life', note: 'stale', released: false }
  writeFileSync(join(folder, 'holder.7'), JSON.stringify(stale))
  expect(await lockHolder(folder)).toBeUndefined()
  expect((await tryLock(folder, 'new')).held).toBe(true)
  expect(readdirSync(folder)).toEqual(['holder.8'])
})

test('a file cut short by a crash does not keep the lock', async () => {
  writeFileSync(join(folder, 'holder.3'), '{"pid":')
  expect((await tryLock(folder, 'new')).held).toBe(true)
})

test('of many processes that take over from a dead one, never two hold the lock at once', async () => {
  writeFileSync(join(folder, 'holder.1'), JSON.stringify({ pid: 2 ** 22 + 1, start: 'x', note: '', released: false }))
  const contender = fileURLToPath(new URL('testing/contend.ts', import.meta.url))
  const counters = await Promise.all(
    Array.from({ length: 4 }, () => run(process.execPath, [contender, folder, '10'], { timeout: 60_000 })),
  )
  expect(counters.map((text) => text.trim())).toEqual(Array.from({ length: 4 }, () => '10'))
})

test('a waiting process goes on when the holder is killed', async () => {
  const holder = fileURLToPath(new URL('testing/contend.ts', import.meta.url))
  const child = start(process.execPath, [holder, folder, 'hold'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  const told: number[] = []
  const waiting = (other: { readonly pid: number }): void => {
    told.push(other.pid)
    child.kill('SIGKILL')
  }
  ;(await waitForLock(folder, 'me', { waiting })).release()
  expect(told).toEqual([child.pid])
})
