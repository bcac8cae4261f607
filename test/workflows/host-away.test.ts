import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, person, until } from './bench-of-doubles.ts'

type Bench = Awaited<ReturnType<typeof openWorkflowBench>>

let temporal: TestTemporal
beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

async function bench(project: string): Promise<Bench> {
  const opened = await openWorkflowBench(temporal, project)
  opened.server.add('gm-1')
  return opened
}

async function atWork(b: Bench): Promise<string> {
  const session = await b.start('gm-1')
  await until(() => b.server.session(session)?.worktree)
  return session
}

/** The n-th question about the host. */
async function asked(b: Bench, n = 1): Promise<EscalationView> {
  const find = () => b.server.escalations().filter((found) => found.source === 'host_offline')[n - 1]
  await until(() => find()?.state === 'open')
  const found = find()
  if (found === undefined) throw new Error('nobody was asked')
  return found
}

const answer = (b: Bench, { id }: EscalationView, value: string) =>
  b.commands.answer({ escalation: id, value, text: '', key: `${id}-${value}`, actor: person })

const stateOf = (b: Bench, { id }: EscalationView) => b.server.escalations().find((found) => found.id === id)?.state

async function give(b: Bench, session: string): Promise<void> {
  await until(() => b.server.session(session)?.endedAt)
  expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
  expect(b.server.session(session)).toMatchObject({
    closeReason: 'user_stop',
    waitsForHost: false,
    openEscalations: [],
  })
  expect(b.server.session(session)?.note).toMatch(/Ended by ada\. Host .* did not answer/)
}

describe('a session whose host is offline', () => {
  it('says so, asks once, and goes on by itself when the host is back', async () => {
    await using b = await bench('back')
    const session = await atWork(b)
    await b.stopHost()
    await b.missHost()
    const question = await asked(b)
    expect(question).toMatchObject({ urgency: 'advisory', title: `Host ${b.hostId} does not answer.` })
    expect(question.options.map((option) => option.value)).toEqual(['wait', 'leave'])
    await until(() => b.server.session(session)?.waitsForHost)
    await b.wakeHost()
    await until(() => stateOf(b, question) === 'moot')
    await until(() => b.server.session(session)?.waitsForHost === false)
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
    expect(b.server.escalations()).toHaveLength(1)
    expect(b.host.count('startPane')).toBe(1)
  })

  it('waits when a person says so, asks again when it is to be ended, and is ended when the host is back', async () => {
    await using b = await bench('wait')
    const session = await atWork(b)
    await b.stopHost()
    await b.missHost()
    await answer(b, await asked(b), 'wait')
    await b.commands.end({ session, mode: 'canceled', key: 'e', actor: person })
    const again = await asked(b, 2)
    expect(again).toMatchObject({
      urgency: 'blocking',
      text: `Session ${session} waits to be ended there. Its agent may still run.`,
    })
    await b.wakeHost()
    await until(() => stateOf(b, again) === 'moot')
    await until(() => b.server.session(session)?.endedAt)
    expect(b.host.count('endPane')).toBe(1)
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
  })

  it('is given up while it is to be ended: the bead goes back, the pane is left alone, the seat is free', async () => {
    await using b = await bench('ending')
    const session = await atWork(b)
    await b.stopHost()
    await b.commands.end({ session, mode: 'canceled', key: 'e', actor: person })
    await b.missHost()
    await answer(b, await asked(b), 'leave')
    await give(b, session)
    await b.wakeHost()
    await until(async () => (await b.processes.seats())?.length === 0)
    const next = await b.start('gm-1', 'again')
    await until(() => b.server.session(next)?.worktree)
    expect(b.host.count('endPane')).toBe(0)
  })

  it('is given up while its work waits to be brought in', async () => {
    await using b = await bench('integrating')
    const session = await atWork(b)
    b.host.outcomes = [{ outcome: 'conflict', files: ['a.txt'] }]
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.escalations()[0]?.state === 'open')
    await b.stopHost()
    await b.missHost()
    const [conflict] = b.server.escalations()
    if (conflict !== undefined) await answer(b, conflict, 'retry')
    const question = await asked(b)
    expect(question.text).toContain('may have been brought in')
    await answer(b, question, 'leave')
    await give(b, session)
    await b.wakeHost()
    await until(async () => (await b.processes.seats())?.length === 0)
    expect(b.host.count('integrate')).toBe(1)
  })

  it('is given up while nobody can say whether its agent was started', async () => {
    await using b = await bench('starting')
    await b.stopHost()
    const session = await b.start('gm-1')
    await until(() => b.server.beads.get('gm-1')?.assignee === `gemba/${session}`)
    await b.missHost()
    const question = await asked(b)
    expect(question.text).toContain('It may have been started')
    await answer(b, question, 'leave')
    await give(b, session)
    await b.wakeHost()
    const next = await b.start('gm-1', 'again')
    await until(() => b.server.session(next)?.worktree)
    expect(b.host.count('startPane')).toBe(1)
  })
})
