import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { run, start } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'

/** Starts a program that goes on when this process has ended. */
function leave(file: string, ...args: readonly string[]): void {
  const child = start(file, args, { detached: true, stdio: 'ignore' })
  child.unref()
  tell('pid', child.pid)
}

function tell(kind: 'pid' | 'port', number: number | undefined): void {
  expect(number).toBeGreaterThan(0)
  writeFileSync(process.env['LEAKS_TOLD'] ?? '', `${kind} ${number}\n`, { flag: 'a' })
}

test('leaves nothing', () => expect(tmpdir()).toBe(process.env['TMPDIR']))

test('leaves a process', () => leave('/bin/sleep', '1001'))

test('leaves a process that shed its environment, session, folder and parent', async () => {
  const daemon = '(setsid /bin/sleep 1002 </dev/null >/dev/null 2>&1 & echo $!)'
  const said = await run('/bin/sh', ['-c', daemon], { env: {}, cwd: '/' })
  tell('pid', Number(said))
})

test('leaves tmux', async () => {
  const env = { SHELL: '/bin/sh', TMUX_TMPDIR: process.env['TMUX_TMPDIR'] }
  const tmux = (...args: string[]) => run(locateTool('tmux'), ['-L', 'left', '-f', '/dev/null', ...args], { env })
  await tmux('new-session', '-d', 'exec sleep 1003')
  tell('pid', Number(await tmux('display-message', '-p', '#{pid}')))
  tell('pid', Number(await tmux('display-message', '-p', '#{pane_pid}')))
})

test('leaves a file', () => writeFileSync(join(tmpdir(), 'left.txt'), ''))

test('leaves a program that listens', async () => {
  const program = "require('http').createServer().listen(0, '127.0.0.1', function () { process.send(this.address()) })"
  const child = start(process.execPath, ['-e', program], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  })
  const { port } = await new Promise<{ port: number }>((resolve) => child.once('message', resolve as () => void))
  child.disconnect()
  child.unref()
  tell('pid', child.pid)
  tell('port', port)
})

test('leaves a server in this process', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  tell('port', (server.address() as { port: number }).port)
})

test('leaves a process and dies', () => {
  leave('/bin/sleep', '1004')
  process.kill(process.pid, 'SIGKILL')
})

test('leaves a process and goes on', { timeout: 600_000 }, async () => {
  leave('/bin/sleep', '1005')
  await sleep(600_000)
})
