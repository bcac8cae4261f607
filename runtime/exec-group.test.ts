import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { exec } from './exec.ts'
import { execGroup, type GroupOptions } from './exec-group.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gemba-group-'))
  onTestFinished(async () => {
    const pids = existsSync(join(cwd, 'pids')) ? readFileSync(join(cwd, 'pids'), 'utf8').trim().split('\n') : []
    for (const pid of pids.map(Number)) if (await isAlive(pid)) process.kill(pid, 'SIGKILL')
    rmSync(cwd, { recursive: true, force: true })
  })
})

const run = (script: string, more: Partial<GroupOptions> = {}) =>
  execGroup('/bin/sh', ['-c', script], { cwd, env: process.env, timeout: 60_000, maxBuffer: 1024 * 1024, ...more })

/** Starts something that leaves the group and keeps the streams open for an hour. */
const daemon = `"${process.execPath}" -e '
  const { spawn } = require("node:child_process")
  const { appendFileSync } = require("node:fs")
  const child = spawn("sleep", ["3600"], { detached: true, stdio: "inherit" })
  appendFileSync("pids", child.pid + "\\n")
  child.unref()
'`

/** Nobody may have asked yet how one ended that is over. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await exec('ps', ['-o', 'state=', '-p', String(pid)])
  return !['', 'Z'].includes(stdout.trim().slice(0, 1))
}

function strays(): number[] {
  return readFileSync(join(cwd, 'pids'), 'utf8').trim().split('\n').map(Number)
}

test('gives back what the program said, and its code', async () => {
  expect(await run('cat; echo no >&2; exit 3', { input: 'hello' })).toEqual({
    code: 3,
    stdout: 'hello',
    stderr: 'no\n',
  })
  await expect(run('kill -9 $$')).rejects.toMatchObject({ reason: 'killed' })
  const missing = execGroup(join(cwd, 'nothing'), [], { cwd, env: {}, timeout: 1_000, maxBuffer: 1 })
  await expect(missing).rejects.toMatchObject({ reason: 'missing' })
})

test('reads all that was said before the end, however much', async () => {
  const { stdout } = await run('head -c 3000000 /dev/zero', { maxBuffer: 4_000_000 })
  expect(stdout).toHaveLength(3_000_000)
})

test('waits for no program that has left the group and keeps the streams open', async () => {
  expect(await run(`${daemon}; echo done; exit 4`)).toEqual({ code: 4, stdout: 'done\n', stderr: '' })
  expect(await Promise.all(strays().map(isAlive))).toEqual([true])
})

test('ends in time in spite of one, whatever ends it', async () => {
  await expect(run(`${daemon}; sleep 3600`, { timeout: 1_500 })).rejects.toMatchObject({ reason: 'timeout' })
  await expect(run(`${daemon}; yes`, { maxBuffer: 1_000 })).rejects.toMatchObject({ reason: 'overflow' })
  const stop = new AbortController()
  const stopped = run(`${daemon}; sleep 3600`, { signal: stop.signal })
  await expect.poll(() => strays().length, { timeout: 10_000 }).toBe(3)
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ reason: 'killed' })
})

test('kills what is left of the group when it keeps the streams open', async () => {
  expect(await run('sleep 3600 & echo $! >> pids; echo done')).toMatchObject({ code: 0, stdout: 'done\n' })
  await expect.poll(() => Promise.all(strays().map(isAlive))).toEqual([false])
})
