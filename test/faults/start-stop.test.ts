import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exec } from '../../runtime/exec.ts'
import { identify, isAlive } from '../../runtime/process-identity.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'

/** Starts and stops as they really come: twice, too early, by force, from a terminal that is closed. */
const limit = 240_000
const children = ['temporal', 'dolt', 'server', 'host'] as const

let project: TestProject
const running: RunningGemba[] = []

beforeAll(async () => {
  project = await createProject()
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((gemba) => gemba.stop()))
})

afterAll(() => project?.release())

async function start(): Promise<RunningGemba> {
  const gemba = await RunningGemba.start(project)
  running.push(gemba)
  return gemba
}

function childrenOf(gemba: RunningGemba): Promise<number[]> {
  return Promise.all(children.map((name) => gemba.child(name)))
}

async function expectGone(pids: readonly number[]): Promise<void> {
  expect((await Promise.all(pids.map(identify))).filter(isAlive)).toEqual([])
}

/** Exit code of tmux on the project's socket: not 0 without a server. */
async function tmuxSays(...words: string[]): Promise<{ code: number; stdout: string }> {
  return exec(locateTool('tmux'), ['-L', project.socket, ...words])
}

function supervisorLog(): string {
  return readFileSync(join(project.folder, '.gemba/data/logs/supervisor.log'), 'utf8')
}

/** How the children of the last run ended: by themselves, or by force because they took too long. */
function howTheyEnded(): unknown[] {
  const lines = supervisorLog().trim().split('\n')
  const told = lines.map((line) => JSON.parse(line) as { msg: string; child?: string; how?: string })
  const lastStart = told.findLastIndex(({ msg }) => msg === 'started')
  return told.slice(lastStart).flatMap(({ msg, child, how }) => (msg === 'stopped' && child !== undefined ? [how] : []))
}

describe('stopping', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
    ['SIGHUP', 0],
  ] as const)(
    '%s: everything has ended, tmux too when no agent lives, exit code %i',
    async (signal, code) => {
      const gemba = await start()
      const pids = await childrenOf(gemba)
      await eventually('tmux runs', async () => (await tmuxSays('list-sessions')).code === 0)
      expect(await gemba.stop(signal)).toBe(code)
      await expectGone(pids)
      expect((await tmuxSays('list-sessions')).code).not.toBe(0)
      expect(howTheyEnded()).toEqual(children.map(() => 'exit code 0'))
    },
    limit,
  )

  it(
    'SIGHUP and SIGTERM again, as a closing terminal and npm send them, do not hurry; Ctrl-C does',
    async () => {
      const gemba = await start()
      const pids = await childrenOf(gemba)
      process.kill(await gemba.child('host'), 'SIGSTOP')
      process.kill(gemba.pid, 'SIGHUP')
      await eventually('it is stopping', async () => gemba.lines.join().includes('Stopping;'))
      process.kill(gemba.pid, 'SIGHUP')
      process.kill(gemba.pid, 'SIGTERM')
      expect(await gemba.stop('SIGINT')).toBe(0)
      expect(gemba.lines.filter((line) => line.includes('Stopping'))).toHaveLength(2)
      await expectGone(pids)
      expect((await tmuxSays('list-sessions')).code).not.toBe(0)
    },
    limit,
  )

  it(
    'when the host can not say which agents go on, tmux is asked',
    async () => {
      const gemba = await start()
      await gemba.hostOnline()
      const description = ['```gemba-steps', 'ask Ready? | yes', 'done', '```'].join('\n')
      const bead = await gemba.api.create({ title: 'Wait', description })
      const session = await gemba.api.start(bead.id)
      await eventually('it asks', async () => (await gemba.api.escalations()).some((found) => found.bead === bead.id))
      process.kill(await gemba.child('host'), 'SIGSTOP')
      process.kill(gemba.pid, 'SIGINT')
      await eventually('it is stopping', async () => gemba.lines.join().includes('Stopping;'))
      await gemba.stop('SIGINT')
      expect(gemba.lines.join('\n')).toContain(`window gmb-${session}-1`)
      expect(gemba.lines.join('\n')).toContain(`tmux -L ${project.socket} kill-server`)

      const again = await start()
      await again.hostOnline()
      const [asked] = await again.api.escalations()
      await again.api.answer(asked?.id ?? '', 'yes')
      await eventually('it is done', async () => (await again.api.bead(bead.id)).status === 'closed')
    },
    limit,
  )

  it(
    'a terminal that is closed: everything ends, and the log says why',
    async () => {
      const tmux = locateTool('tmux')
      const socket = `${project.socket}-terminal`
      const gemba = new URL('../../scripts/gemba.mjs', import.meta.url).pathname
      const command = [process.execPath, gemba, 'serve', project.folder, '--listen', `127.0.0.1:${project.port}`]
      await exec(tmux, [
        '-L',
        socket,
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        '-x',
        '200',
        '-y',
        '50',
        '--',
        ...command,
      ])
      try {
        const terminal = async (): Promise<string> =>
          (await exec(tmux, ['-L', socket, 'capture-pane', '-p'])).stdout.replaceAll('\n', '')
        await eventually('it is up', async () => (await terminal()).includes('Gemba is up.'), 120_000)
        expect(await terminal()).toContain(join(project.folder, '.gemba/data/logs'))
        const recorded = JSON.parse(readFileSync(join(project.folder, '.gemba/data/children.json'), 'utf8')) as {
          pid: number
        }[]
        await exec(tmux, ['-L', socket, 'kill-session'])
        await eventually('all have ended', () => expectGone(recorded.map(({ pid }) => pid)).then(() => true))
      } finally {
        await exec(tmux, ['-L', socket, 'kill-server'])
      }
      await eventually('it is logged', async () =>
        /"signal":"SIGHUP"[^]*\n(?!.*"child")[^\n]*"stopped"\}\n$/.test(supervisorLog()),
      )
    },
    limit,
  )
})

describe('starting', () => {
  it(
    'two at once: one serves, the other hears of it',
    async () => {
      const both = await Promise.allSettled([start(), start()])
      const refused = both.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))
      expect(refused).toHaveLength(1)
      expect(refused[0]).toMatch(/gemba serve ended with 4:[\s\S]*already_running/)
    },
    limit,
  )

  it(
    'while the one before is stopping: it waits, then serves',
    async () => {
      const first = await start()
      const ended = first.stop('SIGTERM')
      await eventually('it is stopping', async () => first.lines.join().includes('Stopping;'))
      const second = await start()
      expect(await ended).toBe(0)
      expect(second.lines.join('\n')).toContain(`Waiting for process ${first.pid} to stop.`)
      await second.hostOnline()
    },
    limit,
  )

  it(
    'at once after a kill -9 of the supervisor: it waits for what is left, on the same ports',
    async () => {
      const first = await start()
      const pids = await childrenOf(first)
      const ports = readFileSync(join(project.folder, '.gemba/data/ports.json'), 'utf8')
      // A child that is stopped can not hear that it shall end.
      process.kill(await first.child('dolt'), 'SIGSTOP')
      process.kill(first.pid, 'SIGKILL')
      await first.exited()
      const second = await start()
      await expectGone(pids)
      expect(second.lines.join('\n')).toMatch(/Waiting for \d process\(es\) of an earlier start to end\./)
      expect(readFileSync(join(project.folder, '.gemba/data/ports.json'), 'utf8')).toBe(ports)
      await second.hostOnline()
    },
    limit,
  )
})
