import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { awaitLeftChildren, ChildRecord } from './child-record.ts'
import { createDataFolder, dataFolderOf, type DataFolder } from './data-folder.ts'
import { start } from './exec.ts'
import { identify, isAlive } from './process-identity.ts'

let project: string
let folder: DataFolder

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'gemba-children-'))
  folder = createDataFolder(dataFolderOf(project, join(project, 'data')))
})

afterEach(() => {
  rmSync(project, { recursive: true, force: true })
})

test('the next start waits until the children of a killed one have ended', async () => {
  const child = start('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const pid = child.pid ?? 0
  await new ChildRecord(folder).note('dolt', pid)
  const told: number[] = []
  const waiting = awaitLeftChildren(folder, (count) => {
    told.push(count)
    child.stdin?.end()
  })
  await waiting
  expect(told).toEqual([1])
  expect(isAlive(await identify(pid))).toBe(false)
})

test('with none left it does not wait', async () => {
  await awaitLeftChildren(folder, () => expect.unreachable())
  const child = start('/bin/sh', ['-c', 'exit 0'], { stdio: 'ignore' })
  await new ChildRecord(folder).note('dolt', child.pid ?? 0)
  await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)))
  await awaitLeftChildren(folder, () => expect.unreachable())
})
