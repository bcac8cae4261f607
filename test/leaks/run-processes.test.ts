import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { start } from '../../runtime/exec.ts'
import { endProcesses, processesOf } from './run-processes.ts'
import type { TestRun } from './test-run.ts'

/** Where processes can not be branded, what they mention tells. */
let run: TestRun

beforeEach(() => {
  run = { folder: mkdtempSync(join(tmpdir(), 'run-')), number: null }
})

afterEach(() => rmSync(run.folder, { recursive: true, force: true }))

function sleeping(env: NodeJS.ProcessEnv, name = 'sleeper'): number {
  const child = start('/bin/sh', ['-c', 'sleep 1000; :', name], { env, stdio: 'ignore', detached: true })
  onTestFinished(() => endGroup(child.pid ?? 0))
  return child.pid ?? 0
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // The test has ended it.
  }
}

it('knows processes by the folder in their environment or command line, and those alone', async () => {
  const byVariable = sleeping({ TMPDIR: join(run.folder, '3') })
  const byPath = sleeping({ PATH: `/usr/bin:/bin:${join(run.folder, '14', 'bin')}` })
  const byCommand = sleeping({ PATH: '/usr/bin:/bin' }, join(run.folder, '5', 'config'))
  const other = sleeping({ TMPDIR: `${run.folder}x/3`, PATH: '/usr/bin:/bin' })
  const found = new Map((await processesOf(run)).map(({ pid, file }) => [pid, file]))
  expect([byVariable, byPath, byCommand, other].map((pid) => found.get(pid))).toEqual([3, 14, 5, undefined])
})

it('ends them and what they started', async () => {
  sleeping({ TMPDIR: join(run.folder, '3'), PATH: '/usr/bin:/bin' })
  expect(await endProcesses(() => processesOf(run))).toBe(true)
  expect(await processesOf(run)).toEqual([])
})
