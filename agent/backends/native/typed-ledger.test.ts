import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { briefOf, factsUntil, startOf } from '../../../test/conformance/orchestration-plane.ts'
import type { Fact } from '../../../model/fact.ts'
import type { StartPane } from '../../../model/orchestration-plane.ts'
import { identify, isAlive } from '../../../runtime/process-identity.ts'
import { listWaiters } from '../../sentinels/ask-mailbox.ts'
import { untilTrue } from '../../until-true.ts'
import { openNativeFixture, type NativeFixture } from './testing/native-fixture.ts'
import { typedEntry, type TypedStage } from './typed-ledger.ts'

let fixture: NativeFixture
afterEach(() => fixture.close())

const asks = `stty -echo
answer=$(gemba-ask --text 'Which one?' --wait)
gemba-state ready --note "heard $answer"
while read -r line; do gemba-state ready --note "typed $line"; done`
const hears = `stty -echo
gemba-state working
while read -r line; do gemba-state ready --note "typed $line"; done`

async function launch(script: string): Promise<{ start: StartPane; cursor: number; pid: number }> {
  fixture = await openNativeFixture()
  const start = startOf(fixture.repository, fixture.agent('agent', script), {
    session: 's1',
    bead: briefOf('ex-1', {}),
  })
  const { cursor, pid } = await fixture.plane.start(start)
  return { start, cursor, pid }
}

/** What the host's process had noted for the launch with fence 1 when it was killed. */
function noted(key: string, stage: TypedStage): void {
  typedEntry(join(fixture.host, 'sessions', 's1', 'typed'), key, 1).write(stage)
}

function notesOf(facts: readonly Fact[]): string[] {
  return facts.map((fact) => ('note' in fact ? fact.note : fact.kind))
}

async function answer(fence: number, facts: readonly Fact[]) {
  const text = { kind: 'text', text: 'the left one', ask: facts.at(-1)?.offset ?? -1 } as const
  return fixture.plane.deliver({ session: 's1', fence, escalation: 'e1', answer: text, confirmMs: 30_000 })
}

describe('an agent that is launched again', { timeout: 60_000 }, () => {
  it.each<TypedStage>([
    { stage: 'typing' },
    { stage: 'mailbox', event: '0123456789abcdef' },
    { stage: 'settled', outcome: { outcome: 'delivered', note: '' } },
  ])('hears the answer to what it asks again, though it was $stage for the launch before', async (stage) => {
    const { start, cursor } = await launch(asks)
    await factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'ask')
    noted('answer e1', stage)
    const again = { ...start, fence: 2 }
    const second = await fixture.plane.start(again)
    const asked = await factsUntil(fixture.plane, again, second.cursor, (fact) => fact.kind === 'ask')
    expect(await answer(2, asked.all)).toEqual({ outcome: 'delivered', note: '' })
    const heard = await factsUntil(fixture.plane, again, asked.cursor, (fact) => fact.kind === 'state')
    expect(notesOf(heard.all)).toEqual(['heard the left one'])
    expect(await answer(2, asked.all), 'again').toEqual({ outcome: 'delivered', note: '' })
    await fixture.plane.say({ session: 's1', fence: 2, key: 'end', text: 'end' })
    const after = await factsUntil(fixture.plane, again, heard.cursor, (fact) => fact.kind === 'state')
    expect(notesOf(after.all)).toEqual(['typed end'])
  })

  it('is told what was being typed when the pane died, and not what had been typed', async () => {
    const { start, cursor } = await launch(hears)
    await factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'state')
    const say = (fence: number, key: string) => fixture.plane.say({ session: 's1', fence, key, text: key })
    expect(await say(1, 'one')).toEqual({ outcome: 'delivered', note: '' })
    noted('say two', { stage: 'typing' })
    expect(await say(1, 'two'), 'in the same launch').toMatchObject({ outcome: 'unconfirmed' })
    noted('say three', { stage: 'typing' })
    const again = { ...start, fence: 2 }
    const second = await fixture.plane.start(again)
    const begun = await factsUntil(fixture.plane, again, second.cursor, (fact) => fact.kind === 'state')
    for (const key of ['one', 'three', 'end']) expect(await say(2, key)).toEqual({ outcome: 'delivered', note: '' })
    const { all } = await factsUntil(fixture.plane, again, begun.cursor, (fact) => notesOf([fact])[0] === 'typed end')
    expect(notesOf(all)).toEqual(['typed three', 'typed end'])
  })
})

it(
  'an answer that waits in the mailbox of a pane that dies is not said to be delivered',
  { timeout: 60_000 },
  async () => {
    const { start, cursor, pid } = await launch(asks)
    const { all } = await factsUntil(fixture.plane, start, cursor, (fact) => fact.kind === 'ask')
    const agent = await identify(pid)
    const mailbox = join(fixture.host, 'sessions', 's1', 'asks')
    const letters = () => readdirSync(mailbox)
    // The asker alone: tmux wakes what it has started.
    for (const { pid: asker } of listWaiters(mailbox)) process.kill(asker, 'SIGSTOP')
    const text = { kind: 'text', text: 'the left one', ask: all.at(-1)?.offset ?? -1 } as const
    const request = { session: 's1', fence: 1, escalation: 'e1', answer: text, confirmMs: 3_000 }
    const outcome = fixture.plane.deliver(request)
    expect(await untilTrue(() => letters().some((name) => name.startsWith('answer-')), 30_000)).toBe(true)
    process.kill(-pid, 'SIGKILL')
    expect(await untilTrue(() => !isAlive(agent), 30_000)).toBe(true)
    await expect(outcome).rejects.toMatchObject({ code: 'pane_gone' })
  },
)
