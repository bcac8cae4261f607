import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { exec } from '../exec.ts'
import { cacheFolder } from './cache-folder.mjs'
import { pinned } from './locate.ts'

const platform = join(homedir(), '.cache', 'gemba')

test.each([
  [{}, platform],
  [{ GEMBA_CACHE: '/own' }, '/own'],
  [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/gemba'],
  [{ GEMBA_CACHE: '', XDG_CACHE_HOME: '' }, platform],
  [{ GEMBA_CACHE: '', XDG_CACHE_HOME: '/xdg' }, '/xdg/gemba'],
  [{ GEMBA_CACHE: 'cache', XDG_CACHE_HOME: './cache' }, platform],
])('%j: %s', (env, folder) => {
  expect(cacheFolder(env)).toBe(folder)
})

test('a repository can bring no program by being the working folder', async () => {
  const repository = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-cache-')))
  onTestFinished(() => rmSync(repository, { recursive: true, force: true }))
  for (const below of ['', 'gemba', '.cache', '.cache/gemba']) {
    const planted = join(repository, below, 'tools', `dolt-${pinned.dolt}`, 'dolt')
    mkdirSync(dirname(planted), { recursive: true })
    writeFileSync(planted, '#!/bin/sh\necho dolt version 9.9.9\n', { mode: 0o755 })
  }
  const locate = fileURLToPath(new URL('./locate.ts', import.meta.url))
  const script = `const { findTool } = await import(${JSON.stringify(locate)}); console.log(findTool('dolt') ?? 'none')`
  for (const value of ['', '.', '.cache']) {
    const env = { PATH: '', HOME: join(repository, 'home'), GEMBA_CACHE: value, XDG_CACHE_HOME: value }
    const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]
    const { stdout } = await exec(process.execPath, args, { cwd: repository, env })
    expect(stdout, `with ${JSON.stringify(value)}`).toBe('none\n')
  }
})
