import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { start } from './exec.ts'
import { execApart } from './exec-apart.ts'

const env = { PATH: process.env['PATH'] ?? '' }

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-apart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('gives back what the program said, its code, and the signal that ended it', async () => {
  const cwd = testFolder()
  const sh = (script: string, input = '') => execApart('/bin/sh', ['-c', script], { cwd, env, input })
  expect(await sh('cat; pwd; echo no >&2; exit 3', 'hello\n')).toEqual({
    code: 3,
    stdout: `hello\n${cwd}\n`,
    stderr: 'no\n',
  })
  expect(await sh('kill -9 $$')).toMatchObject({ code: 137 })
  await expect(execApart('/bin/sh', [], { cwd: join(cwd, 'nowhere'), env })).rejects.toMatchObject({
    reason: 'missing',
  })
})

test('runs what needs no input also where no file can be made', async () => {
  const cwd = testFolder()
  vi.stubEnv('TMPDIR', join(cwd, 'nowhere'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const touch = (name: string, input: string) =>
    execApart('/bin/sh', ['-c', `touch ${name}; echo made; exit 5`], { cwd, env, input })
  expect(await touch('first', '')).toEqual({ code: 5, stdout: '', stderr: '' })
  expect(existsSync(join(cwd, 'first'))).toBe(true)
  await expect(touch('second', 'input')).rejects.toMatchObject({ code: 'ENOENT' })
  expect(existsSync(join(cwd, 'second'))).toBe(false)
})

test('says which process it is before the program begins, which is not run when nobody could note it', async () => {
  const cwd = testFolder()
  let pid = 0
  const begin = (process: { pid: number }) => {
    expect(existsSync(join(cwd, 'ran'))).toBe(false)
    pid = process.pid
  }
  const said = await execApart('/bin/sh', ['-c', 'touch ran; echo $$'], { cwd, env, begin })
  expect(said.stdout).toBe(`${pid}\n`)
  const failing = () => {
    throw new Error('no room')
  }
  const second = execApart('/bin/sh', ['-c', 'touch second'], { cwd, env, begin: failing })
  await expect(second).rejects.toThrow('no room')
  expect(existsSync(join(cwd, 'second'))).toBe(false)
})

test('goes on to its end when the process group that began it is killed', async () => {
  const cwd = testFolder()
  const module = new URL('./exec-apart.ts', import.meta.url).href
  const script = 'echo begun > begun; while [ ! -e go ]; do sleep 0.05; done; echo loud; echo done > done'
  const program = `
    const { execApart } = await import(${JSON.stringify(module)})
    await execApart('/bin/sh', ['-c', ${JSON.stringify(script)}], { cwd: ${JSON.stringify(cwd)}, env: process.env })`
  const host = start(process.execPath, ['--input-type=module', '-e', program], { detached: true, stdio: 'ignore' })
  const until = async (name: string) => {
    while (!existsSync(join(cwd, name))) await pause(20)
  }
  await until('begun')
  const ended = once(host, 'exit')
  process.kill(-(host.pid ?? 0), 'SIGTERM')
  process.kill(-(host.pid ?? 0), 'SIGKILL')
  await ended
  writeFileSync(join(cwd, 'go'), '')
  await until('done')
  expect(readFileSync(join(cwd, 'done'), 'utf8')).toBe('done\n')
})
