import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../../runtime/exec.ts'
import { whileLocked } from './lock.ts'
import { testFolder } from './test-repository.ts'

const program = `
  import { appendFileSync } from 'node:fs'
  import { setTimeout as pause } from 'node:timers/promises'
  const { whileLocked } = await import(process.argv[1])
  for (let round = 0; round < 10; round += 1) {
    await whileLocked(process.argv[2], { patience: 30000 }, async () => {
      appendFileSync(process.argv[3], 'in\\n')
      await pause(1)
      appendFileSync(process.argv[3], 'out\\n')
    })
  }`

test('several processes never hold it at once, also when a dead one left it behind', async () => {
  const folder = await testFolder()
  const [lock, log] = [join(folder, 'a.lock'), join(folder, 'log')]
  await writeFile(lock, JSON.stringify({ pid: process.pid, start: '1', nonce: '1-2' }))
  const module = new URL('./lock.ts', import.meta.url).href
  const children = Array.from({ length: 4 }, () =>
    start(process.execPath, ['--input-type=module', '-e', program, module, lock, log], { stdio: 'ignore' }),
  )
  const codes = await Promise.all(children.map((child) => new Promise((resolve) => child.on('exit', resolve))))
  expect(codes).toEqual([0, 0, 0, 0])
  expect(await readFile(log, 'utf8')).toBe('in\nout\n'.repeat(40))
  expect(await readdir(folder)).toEqual(['log'])
})

test('gives up on a living holder, and takes over an unreadable lock', async () => {
  const folder = await testFolder()
  const lock = join(folder, 'a.lock')
  const held = whileLocked(lock, { patience: 1000 }, async () => {
    const mine = await readFile(lock, 'utf8')
    await writeFile(join(folder, 'b.lock'), mine)
    return whileLocked(join(folder, 'b.lock'), { patience: 0 }, async () => 'ran')
  })
  expect(await held).toBeUndefined()
  await writeFile(lock, '{"pid":')
  expect(await whileLocked(lock, { patience: 1000 }, async () => 'ran')).toBe('ran')
})

test('is released when the work fails', async () => {
  const lock = join(await testFolder(), 'a.lock')
  const failing = whileLocked(lock, { patience: 0 }, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(await whileLocked(lock, { patience: 0 }, async () => 'ran')).toBe('ran')
})
