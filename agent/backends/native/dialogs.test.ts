import { afterEach, describe, expect, it } from 'vitest'
import { factsUntil } from '../../../test/conformance/orchestration-plane.ts'
import type { Fact } from '../../../model/fact.ts'
import type { OrchestrationPlane, StartPane } from '../../../model/orchestration-plane.ts'
import { startFakeClaude } from './testing/fake-claude.ts'
import { openNativeFixture, type NativeFixture } from './testing/native-fixture.ts'

let fixture: NativeFixture
afterEach(() => fixture.close())

async function begin(env: Record<string, string> = {}) {
  fixture = await openNativeFixture()
  return startFakeClaude(fixture, env)
}

/** One attend, of which nothing need be recorded. */
async function once(plane: OrchestrationPlane, { session, fence }: StartPane, cursor: number, dialog: string | null) {
  const signal = AbortSignal.timeout(30_000)
  return plane.attend({ session, fence, cursor, dialog }, { signal, beat: () => undefined })
}

const isPrompt = (fact: Fact): boolean => fact.kind === 'prompt'
const kinds = (facts: readonly Fact[]): string[] => facts.map((fact) => fact.kind)

describe('dialogs that only the screen tells of', { timeout: 60_000 }, () => {
  it('are told until they are recorded, also by another process of the host, and then no more', async () => {
    const { start, cursor } = await begin({ TRUST: '1' })
    const first = await once(fixture.plane, start, cursor, null)
    expect(kinds(first.facts)).toEqual(['prompt'])
    const lost = await once(fixture.plane, start, cursor, null)
    expect(kinds(lost.facts)).toEqual(['prompt'])

    await fixture.plane.close()
    const next = await fixture.reopen()
    const [again] = (await once(next, start, cursor, null)).facts
    if (again?.kind !== 'prompt') throw new Error(JSON.stringify(again))
    expect(again.prompt.screen).toContain('Do you trust')

    const recorded = once(next, start, cursor, again.prompt.screenDigest)
    await next.keys('s1', Buffer.from('1'))
    expect(kinds((await recorded).facts)[0]).not.toBe('prompt')
  })

  it('have their end told until it is recorded, also by another process of the host', async () => {
    const { start, cursor: launch } = await begin()
    const { cursor, dialog } = await factsUntil(fixture.plane, start, launch, isPrompt)
    await fixture.plane.keys('s1', Buffer.from('\u001b'))
    expect(kinds((await once(fixture.plane, start, cursor, dialog)).facts)).toEqual(['cleared'])
    expect(kinds((await once(fixture.plane, start, cursor, dialog)).facts)).toEqual(['cleared'])
    await fixture.plane.close()
    const next = await fixture.reopen()
    expect(kinds((await once(next, start, cursor, dialog)).facts)).toEqual(['cleared'])
  })

  it('are told again when their frame was read and the question was lost', async () => {
    const { start, cursor: launch } = await begin()
    const { cursor, dialog } = await factsUntil(fixture.plane, start, launch, isPrompt)
    const [again] = (await once(fixture.plane, start, cursor, null)).facts
    expect(again).toMatchObject({
      kind: 'prompt',
      prompt: { title: 'Claude needs your permission to use Bash', screenDigest: dialog },
    })
  })

  it('are told anew when the same dialog comes again after its answer', async () => {
    const { start, cursor: launch } = await begin({ TWICE: '1' })
    const asked = await factsUntil(fixture.plane, start, launch, isPrompt)
    const answer = { kind: 'permission', approve: true, screenDigest: asked.dialog ?? '' } as const
    await fixture.plane.deliver({ session: 's1', fence: 1, escalation: 'e1', answer, confirmMs: 30_000 })
    // A session forgets a dialog whose answer was delivered.
    const { all } = await factsUntil(fixture.plane, start, asked.cursor, isPrompt)
    expect(all.at(-1)).toMatchObject({ kind: 'prompt', prompt: { screenDigest: asked.dialog } })
  })
})
