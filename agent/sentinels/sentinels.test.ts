import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exec, run } from '../../runtime/exec.ts'
import { entryPath, type EntryName } from '../entry.ts'
import { readFrames } from '../frames.ts'
import { putAnswer, listWaiters, takeAnswer, withdrawAnswer } from './ask-mailbox.ts'
import { encodeFrame, longestFrame } from './frame-file.ts'

let folder: string
let frames: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemba-sentinel-'))
  frames = join(folder, 'frames.jsonl')
  writeFileSync(frames, '')
  mkdirSync(join(folder, 'asks'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function call(name: EntryName, args: string[], more: NodeJS.ProcessEnv = {}, input = '') {
  const env = { GEMBA_FRAMES: frames, GEMBA_SESSION_ID: 's1', GEMBA_AGENT_TYPE: 'a', GEMBA_FENCE: '4', ...more }
  return exec(process.execPath, [entryPath(name), ...args], { env, input })
}

function written() {
  return readFrames(frames, 0).frames
}

describe('gemba-state', () => {
  it.each([
    [['bead-done', '--bead', 'ex-1']],
    [['--bead', 'ex-1', 'bead-done', '--note', 'x']],
    [['--note=x', 'bead-done', '--bead=ex-1']],
  ])('takes its flags anywhere: %j', async (args) => {
    expect(await call('gemba-state', args)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(written()).toMatchObject([{ hook: 'GembaState', fence: 4, payload: { state: 'bead-done', bead: 'ex-1' } }])
  })

  it.each([[[]], [['finished']], [['ready', 'working']], [['ready', '--what']], [['ready', '--bead']]])(
    'refuses %j with its usage',
    async (args) => {
      const result = await call('gemba-state', args)
      expect(result.code).toBe(2)
      expect(result.stderr).toContain('usage: gemba-state')
      expect(written()).toEqual([])
    },
  )

  it('does nothing outside a session', async () => {
    expect(await call('gemba-state', ['ready'], { GEMBA_FRAMES: '' })).toMatchObject({ code: 0 })
  })
})

describe('gemba-bridge', () => {
  it('writes down what the hook was given', async () => {
    const input = JSON.stringify({ hook_event_name: 'Stop', session_id: 'abc', big: 'x'.repeat(500_000) })
    expect(await call('gemba-bridge', ['Stop'], {}, input)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(written()).toMatchObject([{ hook: 'Stop', payload: { session_id: 'abc' } }])
    expect(readFileSync(frames).length).toBeLessThanOrEqual(longestFrame)
  })

  it.each(['', 'not json', '[1]'])('bears the input %j', async (input) => {
    expect(await call('gemba-bridge', ['Stop'], {}, input)).toMatchObject({ code: 0, stdout: '' })
    expect(written()).toMatchObject([{ hook: 'Stop', payload: {} }])
  })

  it('never fails, whatever the file is', async () => {
    expect(await call('gemba-bridge', ['Stop'], { GEMBA_FRAMES: join(folder, 'no', 'x') })).toMatchObject({ code: 0 })
  })
})

describe('gemba-ask', () => {
  const question = ['--kind', 'question', '--role', 'manager', '--text', 'Which?', '--option', 'a', '--option', 'b']

  it('asks', async () => {
    expect(await call('gemba-ask', question)).toMatchObject({ code: 0 })
    expect(written()).toMatchObject([{ hook: 'GembaAsk', payload: { text: 'Which?', options: ['a', 'b'] } }])
  })

  it.each<[string[], NodeJS.ProcessEnv, number]>([
    [['--kind', 'blocker', '--role', 'coach', '--text', 'x'], {}, 3],
    [question, { GEMBA_INTERACTION_MODE: 'dangerous' }, 3],
    [['--kind', 'wish', '--text', 'x'], {}, 2],
    [['--text', ' '], {}, 2],
  ])('refuses %j', async (args, env, code) => {
    expect((await call('gemba-ask', args, env)).code).toBe(code)
    expect(written()).toEqual([])
  })

  it('waits for its answer and takes it once', async () => {
    const asks = join(folder, 'asks')
    const asking = call('gemba-ask', [...question, '--wait'])
    while (written().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const [waiter] = listWaiters(asks)
    expect(waiter?.event).toBe(written()[0]?.event)
    expect(putAnswer(asks, waiter?.event ?? '', 'the\nfirst')).toBe(true)
    expect(await asking).toMatchObject({ code: 0, stdout: 'the\nfirst\n' })
    expect(written().map((frame) => frame.hook)).toEqual(['GembaAsk', 'GembaAnswered'])
    expect(listWaiters(asks)).toEqual([])
  })
})

describe('the mailbox', () => {
  it('gives an answer to the asker or back to the host, never to both', () => {
    expect(putAnswer(folder, 'a', 'x')).toBe(true)
    expect(putAnswer(folder, 'a', 'y')).toBe(false)
    expect(takeAnswer(folder, 'a')).toBe('x')
    expect(withdrawAnswer(folder, 'a')).toBe(false)
    putAnswer(folder, 'b', 'x')
    expect(withdrawAnswer(folder, 'b')).toBe(true)
    expect(withdrawAnswer(folder, 'b')).toBe(true)
    expect(takeAnswer(folder, 'b')).toBeUndefined()
    expect(existsSync(join(folder, 'answer-b'))).toBe(false)
  })

  it('does not wait at a pipe that an agent put where the answer might be written', async () => {
    for (const name of ['draft-c', 'draft-c.tmp']) await run('mkfifo', [join(folder, name)])
    const mailbox = new URL('./ask-mailbox.ts', import.meta.url).href
    const put = `import { putAnswer } from ${JSON.stringify(mailbox)}\nputAnswer(${JSON.stringify(folder)}, 'c', 'x')`
    // In a process of its own: who waits at a pipe hears nobody any more.
    expect(await exec(process.execPath, ['--input-type=module', '-e', put], { timeout: 20_000 })).toMatchObject({
      code: 0,
    })
    expect(takeAnswer(folder, 'c')).toBe('x')
  })
})

describe('encodeFrame', () => {
  const frame = { ts: '', session: 's', agent: 'a', fence: 1, hook: 'h', event: 'e' }

  it.each([
    { text: 'é'.repeat(200_000), short: 'kept' },
    { many: Array.from({ length: 50_000 }, (_, index) => ({ index })), short: 'kept' },
    { deep: JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`), short: 'kept', more: 'x'.repeat(100_000) },
  ])('keeps every frame in one bounded write', (payload) => {
    const line = encodeFrame({ ...frame, payload })
    expect(line.length).toBeLessThanOrEqual(longestFrame)
    expect(JSON.parse(line.toString())).toMatchObject({ hook: 'h', payload: { short: 'kept' } })
  })
})
