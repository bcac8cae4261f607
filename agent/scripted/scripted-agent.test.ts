import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testRepository, type TestRepository } from '../repository/test-repository.ts'
import { startAgent, writeSentinels, type AgentPlace } from './test-agent.ts'

const script = `say I begin
write src/a.js
  export const a = 1
append notes.txt first
append notes.txt second
commit Add a
ask Which way? | Left | Right
append notes.txt we go {answer}
write test/a.test.js
  import assert from 'node:assert/strict'
  import { test } from 'node:test'
  import { a } from '../src/a.js'
  test('a', () => assert.equal(a, 1))
run-tests
commit Go {answer}
say Nearly
append notes.txt last
commit Finish
done`

/** Quick enough to be killed at every line. */
const quickScript = script.replace('run-tests\n', '')

async function place(steps: string, answer?: string, askCode?: number): Promise<AgentPlace & { at: TestRepository }> {
  const at = await testRepository()
  const preamble = join(at.folder, 'preamble.md')
  const text = `Title: A small thing\n\n${steps === '' ? '' : `\`\`\`gemba-steps\n${steps}\n\`\`\`\n`}`
  await writeFile(preamble, `# Your bead: mp-1\n\n${text.replace(/^/gm, '> ')}\n`)
  const sentinels = await writeSentinels(at.folder, answer, askCode)
  return { at, bead: 'mp-1', worktree: at.repository.path, preamble, sentinels }
}

/** Whatever must be the same however often the agent was killed. */
async function resultOf({ at }: { at: TestRepository }): Promise<string> {
  const log = await at.git(['log', '--format=%s %T %(trailers:key=Gemba-Step,valueonly)'])
  return `${log}\n${await at.git(['status', '--porcelain'])}`
}

test('does its steps, reports them, and waits until it is told to quit', async () => {
  const here = await place(script, 'right')
  const agent = startAgent(here)
  await agent.until('I wait here')
  expect(await here.at.git(['log', '--format=%s'])).toBe('Finish\nGo Right\nAdd a\nBegin')
  expect(await here.at.git(['status', '--porcelain'])).toBe('')
  expect(await readFile(join(here.worktree, 'notes.txt'), 'utf8')).toBe('first\nsecond\nwe go Right\nlast\n')
  expect(await here.sentinels.calls()).toEqual([
    'gemba-state [working] [--bead=mp-1]',
    'gemba-ask [--kind=question] [--role=manager] [--bead=mp-1] [--text=Which way?] [--option=Left] [--option=Right] [--wait]',
    'gemba-state [working] [--bead=mp-1]',
    'gemba-state [bead-done] [--bead=mp-1] [--note=did 14 steps]',
  ])
  expect(agent.printed()).toContain('The tests pass.')
  agent.type('how are you?')
  await agent.until('You said: how are you?')
  agent.type('/exit')
  expect(await agent.ended).toBe(0)
})

test('killed at any moment and started again, it never doubles its work', async () => {
  const reference = await place(quickScript, 'Left')
  const whole = startAgent(reference)
  await whole.until('I wait here')
  const expected = await resultOf(reference)
  const lines = whole.printed().trimEnd().split('\n')
  const moments = lines.filter((line, index) => lines.indexOf(line) === index)
  expect(moments.length).toBeGreaterThan(12)
  for (const [index, moment] of moments.entries()) {
    const here = await place(quickScript, 'Left')
    const first = startAgent(here)
    await first.until(moment)
    first.process.kill('SIGKILL')
    await first.ended
    const second = startAgent(here)
    await second.until('I wait here')
    expect(await resultOf(here), `killed after line ${index}: ${moment}`).toBe(expected)
    const asked = (await here.sentinels.calls()).filter((call) => call.startsWith('gemba-ask'))
    expect(asked.length).toBeLessThanOrEqual(2)
    second.type('/exit')
    await second.ended
  }
}, 240_000)

test('goes on behind its commits in another worktree of the branch, with the answer it was given', async () => {
  const here = await place(
    'ask Which? | One | Two\nappend a.txt {answer}\ncommit First\nappend a.txt still {answer}\ncommit Second',
    'Two',
  )
  const first = startAgent(here)
  await first.until('committed: First')
  first.process.kill('SIGKILL')
  await first.ended
  const other = join(here.at.folder, 'other')
  const commit = await here.at.git(['log', '-1', '--format=%H', '--grep=^First'])
  await here.at.git(['worktree', 'add', '--quiet', '-b', 'other', other, commit])
  const second = startAgent({ ...here, worktree: other })
  await second.until('I wait here')
  expect(await readFile(join(other, 'a.txt'), 'utf8')).toBe('Two\nstill Two\n')
  expect((await here.sentinels.calls()).filter((call) => call.startsWith('gemba-ask'))).toHaveLength(1)
})

test('takes an answer that is typed into its terminal', async () => {
  const here = await place(script)
  const agent = startAgent(here)
  await agent.until('2. Right')
  agent.type('1')
  await agent.until('I wait here')
  expect(await readFile(join(here.worktree, 'notes.txt'), 'utf8')).toContain('we go Left')
  expect(await here.sentinels.calls()).toContain('gemba-bridge [UserPromptSubmit]')
})

test('decides for itself where it may not ask', async () => {
  const here = await place(script, undefined, 3)
  await startAgent(here).until('I wait here')
  expect(await readFile(join(here.worktree, 'notes.txt'), 'utf8')).toContain('we go Left')
})

test('a bead without steps is noted in a file of its own', async () => {
  const here = await place('')
  await startAgent(here).until('I wait here')
  expect(await readFile(join(here.worktree, 'worklog/mp-1.md'), 'utf8')).toBe('- mp-1: A small thing\n')
  expect(await here.at.git(['status', '--porcelain'])).toBe('')
})

test('quits at once, also while it thinks', async () => {
  const here = await place('sleep 500\ndone')
  const agent = startAgent({ ...here, pace: 1 })
  await agent.until('thinking')
  agent.type('exit')
  expect(await agent.ended).toBe(0)
  expect((await here.sentinels.calls()).join()).not.toContain('bead-done')
})

test('says that it is stuck while its tests fail, and runs them again', async () => {
  const here = await place(
    "write test/x.test.js\n  import { test } from 'node:test'\n  test('x', () => { throw new Error('no') })\nrun-tests\ncommit X",
  )
  const agent = startAgent(here)
  await agent.until('The tests fail')
  await writeFile(join(here.worktree, 'test/x.test.js'), '')
  agent.type('retry')
  await agent.until('I wait here')
  expect((await here.sentinels.calls()).join()).toContain('[stalled] [--bead=mp-1] [--note=the tests fail]')
})

test.each([
  ['fail', 1, 'fails'],
  ['write ../x\n  out', 2, 'not a path in the worktree'],
  ['dance', 2, 'not a step'],
])('%s ends it, and it says why', async (steps, code, why) => {
  const here = await place(steps)
  const agent = startAgent(here)
  expect(await agent.ended).toBe(code)
  expect(agent.printed()).toContain(why)
  expect((await here.sentinels.calls()).join()).toContain('[stalled]')
})

test('ends when nobody can type any more and the work is done', async () => {
  const here = await place('commit Nothing')
  const agent = startAgent(here)
  agent.process.stdin?.end()
  expect(await agent.ended).toBe(0)
  expect((await here.sentinels.calls()).join()).toContain('bead-done')
})
