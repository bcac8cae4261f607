import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttendPane } from '../../model/orchestration-plane.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, person, until } from './bench-of-doubles.ts'
import type { HostDouble } from './host-double.ts'

let temporal: TestTemporal
beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

const prompt = { kind: 'prompt', prompt: { title: 'May I?', screen: 'rm', screenDigest: 'd1' } } as const

function attends(host: HostDouble): (string | null)[] {
  return host.calls.filter(({ name }) => name === 'attendPane').map(({ request }) => (request as AttendPane).dialog)
}

describe('a dialog on the screen', () => {
  it('is what the host is told that the session knows of, until it is cleared', async () => {
    await using b = await openWorkflowBench(temporal, 'known')
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => attends(b.host).at(-1) === 'd1')
    b.host.feed(session, { kind: 'cleared' })
    await until(() => attends(b.host).at(-1) === null)
    expect(attends(b.host)).toEqual([null, 'd1', null])
  })

  it('is forgotten once its answer was delivered, so that the same one is asked about when it comes again', async () => {
    await using b = await openWorkflowBench(temporal, 'again')
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    const escalation = b.server.escalations()[0]?.id ?? ''
    await b.commands.answer({ escalation, value: 'approve', text: '', key: 'k', actor: person })
    await until(() => attends(b.host).at(-1) === null)
    b.host.feed(session, prompt)
    await until(() => b.server.escalations().length === 2)
    await until(() => b.server.session(session)?.openEscalations.length === 1)
    expect(
      b.server
        .escalations()
        .map((found) => found.state)
        .sort(),
    ).toEqual(['delivered', 'open'])
  })

  it('is still known while nobody can tell whether its answer arrived, and gone with its pane', async () => {
    await using b = await openWorkflowBench(temporal, 'doubt')
    b.server.add('gm-1')
    b.host.delivery = 'unconfirmed'
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    const escalation = b.server.escalations()[0]?.id ?? ''
    await b.commands.answer({ escalation, value: 'approve', text: '', key: 'k', actor: person })
    await until(() => b.server.escalations().length === 2)
    b.host.feed(session, { kind: 'working' })
    await until(() => attends(b.host).length === 3)
    expect(attends(b.host)).toEqual([null, 'd1', 'd1'])
    b.host.feed(session, { kind: 'gone', exitStatus: null })
    await until(() => b.host.count('startPane') === 2)
    await until(() => attends(b.host).length === 4)
    expect(attends(b.host).at(-1)).toBeNull()
  })
})
