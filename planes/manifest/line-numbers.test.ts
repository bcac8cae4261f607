import { appendFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LineNumbers } from './line-numbers.ts'
import { folder } from './testing/manifests.ts'

const lineBytes = 64
const mebibyte = 1024 * 1024

test('lines are numbered alike for all who ask at the same time', async () => {
  const path = join(folder(), 'm.jsonl')
  const line = `${'x'.repeat(lineBytes - 1)}\n`
  writeFileSync(path, line.repeat((5 * mebibyte) / lineBytes))
  const [one, two] = [await open(path), await open(path)]
  onTestFinished(async () => void (await Promise.all([one.close(), two.close()])))
  const numbers = new LineNumbers()
  const asked = [4, 3, 4, 1, 2].map((step, index) => ({
    file: index % 2 === 0 ? one : two,
    line: (step * mebibyte) / lineBytes + index,
  }))
  const told = await Promise.all(asked.map(({ file, line: at }) => numbers.at(file, at * lineBytes)))
  expect(told).toEqual(asked.map(({ line: at }) => at + 1))
  // What was counted for them holds for whoever comes later.
  appendFileSync(path, line)
  expect(await numbers.at(one, 5 * mebibyte)).toBe((5 * mebibyte) / lineBytes + 1)
})

test('one who fails keeps nobody else from being told', async () => {
  const path = join(folder(), 'm.jsonl')
  writeFileSync(path, 'a\nb\nc\n')
  const [closed, file] = [await open(path), await open(path)]
  onTestFinished(() => file.close())
  await closed.close()
  const numbers = new LineNumbers()
  const [failed, told] = await Promise.allSettled([numbers.at(closed, 2), numbers.at(file, 4)])
  expect(failed.status).toBe('rejected')
  expect(told).toEqual({ status: 'fulfilled', value: 3 })
})
