import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installHint } from './install-hint.ts'
import { cachedTool, findProgram, findTool, locateTool } from './locate.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-locate-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function program(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  chmodSync(path, 0o755)
  return path
}

test('a named program goes before PATH, PATH before the cache', () => {
  const env = { GEMBA_CACHE: join(folder, 'cache'), PATH: join(folder, 'bin') }
  expect(findTool('dolt', env)).toBeUndefined()
  const cached = program(cachedTool('dolt', env))
  expect(findTool('dolt', env)).toBe(cached)
  const onPath = program(join(folder, 'bin', 'dolt'))
  expect(findTool('dolt', env)).toBe(onPath)
  const named = program(join(folder, 'own'))
  expect(findTool('dolt', { ...env, GEMBA_DOLT: named })).toBe(named)
})

test('a named program that is not there is not replaced by another', () => {
  program(join(folder, 'dolt'))
  expect(() => locateTool('dolt', { PATH: folder, GEMBA_DOLT: '/none' })).toThrow(
    expect.objectContaining({ code: 'tool_missing' }),
  )
})

test('a relative folder of PATH is passed over, so that a repository can not bring its own git', () => {
  program(join(folder, 'repository', 'git'))
  const here = relative(process.cwd(), join(folder, 'repository'))
  const own = program(join(folder, 'bin', 'git'))
  for (const first of [here, '.', '', './bin']) {
    expect(findTool('git', { PATH: [first, join(folder, 'bin')].join(delimiter) })).toBe(own)
  }
  expect(findProgram('git', { PATH: here })).toBeUndefined()
})

test('a folder or a file that can not be run is no program', () => {
  mkdirSync(join(folder, 'git'))
  writeFileSync(join(folder, 'tmux'), '')
  expect(findTool('git', { PATH: folder })).toBeUndefined()
  expect(findTool('tmux', { PATH: folder })).toBeUndefined()
})

test('a missing program is named with the command that installs it here', () => {
  program(join(folder, 'apt-get'))
  const expected = process.platform === 'darwin' ? 'xcode-select' : 'apt-get install -y build-essential'
  expect(installHint('cc', { PATH: folder })).toContain(expected)
  expect(installHint('tmux', { PATH: folder })).toBe('Run `sudo apt-get install -y tmux`.')
})
