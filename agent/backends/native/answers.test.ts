import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { briefOf, factsUntil, startOf } from '../../../test/conformance/orchestration-plane.ts'
import type { PermissionPrompt } from '../../../model/fact.ts'
import type { DeliverAnswer, StartPane } from '../../../model/orchestration-plane.ts'
import { untilTrue } from '../../until-true.ts'
import { startFakeClaude } from './testing/fake-claude.ts'
import { openNativeFixture, type NativeFixture } from './testing/native-fixture.ts'
import { typedEntry } from './typed-ledger.ts'

let fixture: NativeFixture
afterEach(() => fixture.close())

async function startFake(env: Record<string, string> = {}): Promise<{ start: StartPane; cursor: number }> {
  fixture = await openNativeFixture()
  return startFakeClaude(fixture, env)
}

async function openDialog(): Promise<{ start: StartPane; cursor: number; prompt: PermissionPrompt }> {
  const { start, cursor: begin } = await startFake()
  const { all, cursor } = await factsUntil(fixture.plane, start, begin, (fact) => fact.kind === 'prompt')
  expect(all.map((fact) => fact.kind)).toEqual(['started', 'working', 'prompt'])
  expect(all[0]).toMatchObject({ agentSession: 'abc-1' })
  const last = all.at(-1)
  if (last?.kind !== 'prompt') throw new Error('no prompt')
  return { start, cursor, prompt: last.prompt }
}

function deliver(prompt: PermissionPrompt, approve: boolean): DeliverAnswer {
  const answer = { kind: 'permission', approve, screenDigest: prompt.screenDigest } as const
  return { session: 's1', fence: 1, escalation: 'e1', answer, confirmMs: 30_000 }
}

function keys(): string {
  const file = join(fixture.folder, 'home', 'keys')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

describe('answers to an agent', { timeout: 60_000 }, () => {
  it('approves the dialog that was shown, once', async () => {
    const { start, cursor, prompt } = await openDialog()
    expect(prompt.title).toBe('Claude needs your permission to use Bash')
    expect(prompt.screen).toContain('rm -rf build')
    expect(prompt.screen).not.toContain('Thinking')
    const outcome = await fixture.plane.deliver(deliver(prompt, true))
    expect(outcome).toEqual({ outcome: 'delivered', note: '' })
    const after = await factsUntil(
      fixture.plane,
      start,
      cursor,
      (fact) => fact.kind === 'turn-ended',
      prompt.screenDigest,
    )
    expect(after.all.map((fact) => fact.kind)).toEqual(['cleared', 'working', 'turn-ended'])
    expect(await fixture.plane.deliver(deliver(prompt, true))).toEqual(outcome)
    expect(keys()).toBe('1')
    const argv = JSON.parse(readFileSync(join(fixture.folder, 'home', 'argv'), 'utf8')) as string[]
    expect(argv.slice(2, 4)).toEqual(['--model', 'opus'])
    expect(argv.at(-1)).toContain('preamble.md')
  })

  it('denies, though no hook tells of it', async () => {
    const { prompt } = await openDialog()
    expect(await fixture.plane.deliver(deliver(prompt, false))).toMatchObject({ outcome: 'delivered' })
    // The agent waits after a no; it is told to go on.
    expect(keys()).toMatch(/^3[^]*A person did not allow that/)
  })

  it('sees that somebody answered in the terminal', async () => {
    const { start, cursor, prompt } = await openDialog()
    await fixture.plane.keys('s1', Buffer.from('\u001b'))
    const { all } = await factsUntil(
      fixture.plane,
      start,
      cursor,
      (fact) => fact.kind === 'cleared',
      prompt.screenDigest,
    )
    expect(all.map((fact) => fact.kind)).toEqual(['cleared'])
    expect(await fixture.plane.deliver(deliver(prompt, true))).toMatchObject({ outcome: 'moot' })
    expect(keys()).toBe('\u001b')
  })

  it('does not approve another dialog than the one that was shown', async () => {
    const { prompt } = await openDialog()
    const other = { ...prompt, screenDigest: 'f'.repeat(64) }
    expect(await fixture.plane.deliver(deliver(other, true))).toMatchObject({ outcome: 'moot' })
    expect(keys()).toBe('')
  })

  it('does not type again what may have been typed before the host was killed', async () => {
    const { prompt } = await openDialog()
    typedEntry(join(fixture.host, 'sessions', 's1', 'typed'), 'answer e1', 1).write({ stage: 'typing' })
    expect(await fixture.plane.deliver(deliver(prompt, true))).toMatchObject({ outcome: 'unconfirmed' })
    expect(keys()).toBe('')
  })

  it('brings a dialog that stands before the first hook', async () => {
    const { start, cursor: begin } = await startFake({ TRUST: '1' })
    const { all, cursor, dialog } = await factsUntil(fixture.plane, start, begin, (fact) => fact.kind === 'prompt')
    const [first] = all
    if (first?.kind !== 'prompt' || all.length > 1) throw new Error(JSON.stringify(all))
    expect(first.prompt.screen).toContain('Do you trust')
    expect(await fixture.plane.deliver(deliver(first.prompt, true))).toMatchObject({ outcome: 'delivered' })
    const next = await factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'prompt', dialog)
    expect(next.all.map((fact) => fact.kind)).toEqual(['started', 'cleared', 'working', 'prompt'])
    expect(keys()).toBe('')
  })

  it('does not type a text into a dialog', async () => {
    const { prompt } = await openDialog()
    const text = { kind: 'text', text: '1' } as const
    const say = { session: 's1', fence: 1, escalation: 'e2', answer: text, confirmMs: 300 }
    expect(await fixture.plane.deliver(say)).toMatchObject({ outcome: 'obstructed' })
    expect(keys()).toBe('')
    await fixture.plane.deliver(deliver(prompt, true))
    expect(await fixture.plane.deliver({ ...say, confirmMs: 30_000 })).toEqual({ outcome: 'delivered', note: '' })
    expect(keys()).toBe('11\r')
  })

  it('hands an answer to an asker that waits, and does not type it', async () => {
    fixture = await openNativeFixture()
    const script = `stty -echo
answer=$(gemba-ask --text 'Which one?' --wait)
gemba-state ready --note "heard $answer"
while read -r line; do gemba-state ready --note "typed $line"; done`
    const agent = fixture.agent('waiter', script)
    const bead = briefOf('ex-1', {})
    const start = startOf(fixture.repository, agent, { session: 's1', bead })
    const started = await fixture.plane.start(start)
    const { all, cursor } = await factsUntil(fixture.plane, start, started.cursor, (fact) => fact.kind === 'ask')
    const answer = { kind: 'text', text: 'the left one', ask: all.at(-1)?.offset ?? -1 } as const
    const request = { session: 's1', fence: 1, escalation: 'e1', answer, confirmMs: 30_000 }
    expect(await fixture.plane.deliver(request)).toEqual({ outcome: 'delivered', note: '' })
    await fixture.plane.say({ session: 's1', fence: 1, key: 'k', text: 'end' })
    const after = await factsUntil(fixture.plane, start, cursor, (fact) => 'note' in fact && fact.note === 'typed end')
    expect(after.all.map((fact) => ('note' in fact ? fact.note : fact.kind))).toEqual([
      'heard the left one',
      'typed end',
    ])
    const asks = join(fixture.host, 'sessions', 's1', 'asks')
    expect(await untilTrue(() => readdirSync(asks).every((name) => name.startsWith('taken-')), 30_000)).toBe(true)
  })
})
