import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../runtime/exec.ts'
import { CommandLine } from './testing/command-line.ts'

let line: CommandLine

beforeEach(async () => {
  line = new CommandLine()
  await line.repository()
})

afterEach(() => line.release())

test('install-bridge merges into the files of Claude Code, says what it did, and does nothing the second time', async () => {
  const [hooks, guide] = [join(line.folder, '.claude/settings.local.json'), join(line.folder, 'CLAUDE.md')]
  const first = await line.gemba(['install-bridge', '--agent=claude'])
  expect(first).toMatchObject({ code: 0, stdout: `installed: ${hooks}\ninstalled: ${guide}\n` })
  const again = await line.gemba(['install-bridge', '--json'])
  const files = [hooks, guide].map((file) => ({ file, outcome: 'unchanged', note: '' }))
  expect(JSON.parse(again.stdout)).toEqual({ version: 1, files })
  expect(readFileSync(hooks, 'utf8')).toContain('SessionStart')
})

test('install-bridge leaves what git tracks, says so by its exit code, and knows no other agent', async () => {
  writeFileSync(join(line.folder, 'CLAUDE.md'), 'Ours.\n')
  await run('git', ['-C', line.folder, 'add', 'CLAUDE.md'])
  const tracked = await line.gemba(['install-bridge'])
  expect(tracked.code).toBe(6)
  expect(tracked.stdout).toContain('CLAUDE.md (CLAUDE.md is tracked by git; it was left as it is)')
  expect(await line.gemba(['install-bridge', '--agent', 'gpt'])).toMatchObject({ code: 2, stdout: '' })
})
