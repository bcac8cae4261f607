import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { start } from '../../runtime/exec.ts'
import { identify, isAlive } from '../../runtime/process-identity.ts'
import { eventually } from '../system/api-client.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')

let folder: string
let told: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runs-'))
  told = join(folder, 'told')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a run of tests', { timeout: 60_000 }, () => {
  it('passes when nothing is left', async () => {
    const { code, output } = await run('leaves nothing')
    expect(output).toContain('1 passed')
    expect(code).toBe(0)
    await expectNothingLeft()
  })

  it.each([
    ['leaves a process', 'sleep 1001'],
    ['leaves a process that shed its environment, session, folder and parent', 'sleep 1002'],
  ])('fails when a test %s', async (name, command) => {
    const { code, output } = await run(name)
    expect(code).toBe(1)
    expect(output).toContain(`process ${numbersTold()[0]}: /bin/${command}`)
    expect(output).toContain('FAIL  test/leaks/leaking.fixture.ts')
    await expectNothingLeft()
  })

  it('fails when a test leaves tmux, and names server and pane', async () => {
    const { code, output } = await run('leaves tmux')
    expect(code).toBe(1)
    const [server, pane] = numbersTold()
    expect(output).toMatch(new RegExp(`process ${server}: .*tmux -L left`))
    expect(output).toContain(`process ${pane}: sleep 1003`)
    await expectNothingLeft()
  })

  it('fails when a test leaves a file', async () => {
    const { code, output } = await run('leaves a file')
    expect(code).toBe(1)
    expect(output).toContain('in its temporary folder: left.txt')
    await expectNothingLeft()
  })

  it('fails when a test leaves a program that listens', async () => {
    const { code, output } = await run('leaves a program that listens')
    expect(code).toBe(1)
    expect(output).toContain(`process ${numbersTold()[0]}, listening on ${numbersTold('port')[0]}: `)
    await expectNothingLeft()
  })

  it('fails when a test leaves a server in its own process', async () => {
    const { code, output } = await run('leaves a server in this process')
    expect(code).toBe(1)
    expect(output).toContain(`port ${numbersTold('port')[0]}, on which its own process still listens`)
    await expectNothingLeft()
  })

  it('fails when a test file dies before it can look', async () => {
    const { code, output } = await run('leaves a process and dies')
    expect(code).toBe(1)
    expect(output).toContain(`leaking.fixture.ts: process ${numbersTold()[0]}: /bin/sleep 1004`)
    await expectNothingLeft()
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends what it has started at %s', async (signal) => {
    const { child, ended } = begin('leaves a process and goes on')
    await processTold()
    child.kill(signal)
    expect((await ended).code).not.toBe(0)
    await expectNothingLeft()
  })

  it('ends what an earlier one, which was killed, has left', async () => {
    const { child, ended } = begin('leaves a process and goes on')
    const pid = await processTold()
    child.kill('SIGKILL')
    await ended
    expect(await lives(pid)).toBe(true)
    expect((await run('leaves nothing')).code).toBe(0)
    await expectNothingLeft()
  })
})

interface Ended {
  readonly code: number | null
  readonly output: string
}

function run(name: string): Promise<Ended> {
  return begin(name).ended
}

/** Starts one test of the file in a run of its own, whose temporary folder is ours. */
function begin(name: string): { child: ChildProcess; ended: Promise<Ended> } {
  const args = ['run', '--config', 'test/leaks/leaking.config.ts', '-t', `^${name}$`]
  const child = start(process.execPath, [vitest, ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder, LEAKS_TOLD: told, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()))
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })))
  return { child, ended }
}

/** What the test told us of the processes and ports that it left. */
function numbersTold(kind: 'pid' | 'port' = 'pid'): number[] {
  const lines = existsSync(told) ? readFileSync(told, 'utf8').split('\n') : []
  return lines.flatMap((line) => (line.startsWith(`${kind} `) ? [Number(line.split(' ')[1])] : []))
}

function processTold(): Promise<number> {
  return eventually('the test tells us of its process', async () => numbersTold()[0])
}

async function expectNothingLeft(): Promise<void> {
  expect(readdirSync(folder).filter((name) => name.startsWith('gmb-'))).toEqual([])
  expect(await Promise.all(numbersTold().map(lives))).not.toContain(true)
}

async function lives(pid: number): Promise<boolean> {
  return isAlive(await identify(pid))
}
