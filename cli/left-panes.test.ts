import { randomUUID } from 'node:crypto'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { exec, run } from '../runtime/exec.ts'
import { locateTool } from '../runtime/tools/locate.ts'
import { leftPanes } from './left-panes.ts'

const tmux = locateTool('tmux')
let socket: string

/** A real tmux server with a window of each name, in which a program waits. */
async function open(...windows: string[]): Promise<void> {
  const ask = (...words: string[]) => run(tmux, ['-L', socket, '-f', '/dev/null', ...words])
  await ask('new-session', '-d', '-s', 'gemba', '-n', 'keeper', '--', 'sleep', '600')
  for (const name of windows) await ask('new-window', '-d', '-n', name, '--', 'sleep', '600')
}

const answers = async (): Promise<boolean> => (await exec(tmux, ['-L', socket, 'list-sessions'])).code === 0

beforeEach(() => {
  socket = `gemba-test-${randomUUID().slice(0, 8)}`
  onTestFinished(async () => void (await exec(tmux, ['-L', socket, 'kill-server'])))
})

test('names the windows in which a program lives, and leaves their server', async () => {
  await open('gmb-one', 'gmb-two')
  expect(await leftPanes(tmux, socket)).toEqual(['gmb-one', 'gmb-two'])
  expect(await answers()).toBe(true)
})

test('a server in which only its keeper lives has ended', async () => {
  await open()
  expect(await leftPanes(tmux, socket)).toEqual([])
  expect(await answers()).toBe(false)
})

test('no server, no windows', async () => {
  expect(await leftPanes(tmux, socket)).toEqual([])
})
