import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationRequest, EscalationView } from '../../model/escalation.ts'
import { answerSession, endSession, sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, order, person, testConfig, until } from './bench-of-doubles.ts'

/** What people decide takes effect, also when it crosses something else on its way. */
let temporal: TestTemporal
let benches = 0

beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

type Bench = Awaited<ReturnType<typeof bench>>

function bench() {
  benches += 1
  return openWorkflowBench(temporal, `d${benches}`, testConfig)
}

async function atWork(b: Bench): Promise<string> {
  b.server.add('gm-1')
  const session = await b.start('gm-1')
  await until(() => b.server.session(session)?.worktree)
  return session
}

async function asked(b: Bench, is: (view: EscalationView) => boolean = () => true): Promise<EscalationView> {
  const find = () => b.server.escalations().find((view) => view.state === 'open' && is(view))
  await until(find)
  const found = find()
  if (found === undefined) throw new Error('it was not asked')
  return found
}

const answer = (b: Bench, { id }: EscalationView, value: string) =>
  b.commands.answer({ escalation: id, value, text: '', key: `answer-${id}`, actor: person })

const prompt = { kind: 'prompt', prompt: { title: 'May I?', screen: 'rm', screenDigest: 'd' } } as const
const question = (title: string) =>
  ({ kind: 'ask', ask: { kind: 'question', role: 'coach', title, text: title, options: ['a'] } }) as const
const conflict = { outcome: 'conflict', files: ['a.txt'] } as const
const done = { kind: 'done', bead: null, note: '' } as const

describe('an answer', () => {
  it('to a question that was asked again is delivered', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.host.delivery = 'unconfirmed'
    b.host.feed(session, prompt)
    const first = await asked(b)
    await answer(b, first, 'approve')
    const second = await asked(b, ({ id }) => id !== first.id)
    await until(() => b.server.session(session)?.openEscalations.includes(second.id))
    expect(b.server.session(session)?.openEscalations).toEqual([second.id])
    b.host.delivery = 'delivered'
    await answer(b, second, 'approve')
    await until(() => b.server.escalations().find(({ id }) => id === second.id)?.state === 'delivered')
  })

  it('is not held up by another that waits for it', async () => {
    await using b = await bench()
    const session = await atWork(b)
    let dialog = true
    b.host.deliver = ({ answer: { kind } }) => {
      if (kind === 'permission') dialog = false
      return dialog ? 'obstructed' : undefined
    }
    b.host.feed(session, question('Which?'), prompt)
    await answer(b, await asked(b, ({ source }) => source === 'question'), 'a')
    await until(() => b.host.count('deliverAnswer') > 0)
    await answer(b, await asked(b, ({ source }) => source === 'permission_prompt'), 'approve')
    await until(() => b.server.escalations().every(({ state }) => state === 'delivered'))
  })

  it('can be given to a dialog, however much the agent has asked before', async () => {
    await using b = await bench()
    const session = await atWork(b)
    const titles = Array.from({ length: 21 }, (_, n) => `q${n}`)
    b.host.feed(session, ...titles.map(question), prompt)
    await answer(b, await asked(b, ({ source }) => source === 'permission_prompt'), 'approve')
    expect(b.server.escalations().filter(({ source }) => source === 'question')).toHaveLength(20)
    await until(() => b.host.calls.some(({ name, request }) => name === 'sayToPane' && says(request).includes('q20')))
  })
})

describe('a text for the agent', () => {
  it('is heard by the agent of the next pane when this one is gone', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.host.outcomes = [conflict]
    b.host.feed(session, done)
    const refused = await asked(b)
    b.host.failures.set('sayToPane', [{ code: 'pane_gone', params: { session } }])
    await answer(b, refused, 'back')
    await until(() => b.host.count('sayToPane') === 1)
    b.host.feed(session, { kind: 'gone', exitStatus: 0 })
    await until(() => b.host.count('startPane') === 2)
    await until(() => b.host.calls.some(({ name, request }) => name === 'sayToPane' && fenceOf(request) === 2))
  })

  it('that nobody heard is told of when the session ends', async () => {
    await using b = await bench()
    const session = await atWork(b)
    const failing = Array.from({ length: 200 }, () => ({ code: 'pane_gone', params: { session } }))
    b.host.failures.set('sayToPane', failing)
    await b.commands.say({ session, text: 'Wait', key: 'say', actor: person })
    await until(() => b.host.count('sayToPane') > 0)
    await b.commands.end({ session, mode: 'canceled', key: 'end', actor: person })
    await until(() => b.server.session(session)?.endedAt)
    expect(b.server.session(session)?.note).toContain('before it heard what people said last (1)')
  })
})

describe('who wants a session ended', () => {
  it('is heard while its work is sent back to the agent', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.host.outcomes = [conflict]
    b.host.feed(session, done)
    const { id: escalation } = await asked(b)
    const handle = temporal.client.workflow.getHandle(sessionWorkflowId(b.project, session))
    // Both in one task of the workflow, or nearly so.
    const told = handle.signal(answerSession, { escalation, value: 'back', text: '', by: 'ada' })
    const end = { mode: 'canceled', key: 'end', actor: person } as const
    await Promise.all([told, handle.executeUpdate(endSession, { args: [end], updateId: 'end' })])
    await until(() => b.server.session(session)?.closeReason === 'user_stop')
  })

  it('as done has its work brought in, also while the pane is started again', async () => {
    await using b = await bench()
    const open = Promise.withResolvers<void>()
    b.host.beforeStart = ({ fence }) => (fence === 2 ? open.promise : Promise.resolve())
    const session = await atWork(b)
    b.host.feed(session, { kind: 'gone', exitStatus: 1 })
    await until(() => b.host.count('startPane') === 2)
    await b.commands.end({ session, mode: 'completed', key: 'end', actor: person })
    await until(() => b.host.count('integrate') === 1)
    open.resolve()
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })
})

describe('the end of a bead', () => {
  it('becomes a question when nobody can look at the bead', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.server.inspectRefusals = ['work_plane_schema']
    b.host.feed(session, done)
    const refused = await asked(b)
    expect(refused).toMatchObject({ source: 'integration_blocked', text: 'work_plane_schema' })
    await answer(b, refused, 'retry')
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })

  it('says when work that is in could not be closed, and does not give it back to be done again', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.server.closeRefusals = ['read_only']
    b.host.feed(session, done)
    const refused = await asked(b)
    expect(refused.title).toBe('The work is in main, and the bead could not be closed.')
    await answer(b, refused, 'stop')
    await until(() => b.server.session(session)?.endedAt)
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'in_progress', assignee: `gemba/${session}` })
  })

  it('tells why its worktree stays', async () => {
    await using b = await bench()
    b.host.endings = [{ how: 'quit', worktree: 'kept', note: 'Its commits are neither on main nor on a remote.' }]
    const session = await atWork(b)
    b.host.feed(session, done)
    await until(() => b.server.session(session)?.endedAt)
    expect(b.server.session(session)?.note).toContain('Its commits are neither on main nor on a remote.')
  })

  it('loses nothing that the agent asked in the same breath', async () => {
    await using b = await bench()
    const session = await atWork(b)
    b.host.outcomes = [conflict]
    b.host.feed(session, done, question('And now?'))
    await answer(b, await asked(b), 'back')
    await asked(b, ({ source }) => source === 'question')
  })
})

describe('a command', () => {
  it('that failed because Beads was away can be repeated with the same key', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.server.inspectRefusals = ['work_plane_schema']
    await expect(b.commands.dispatch(order('gm-1', 'key'))).rejects.toMatchObject({ code: 'work_plane_schema' })
    expect(await b.commands.dispatch(order('gm-1', 'key'))).toMatchObject([{ admitted: true }])
    expect(await b.commands.dispatch(order('gm-1', 'key'))).toMatchObject([{ admitted: true }])
    await until(() => b.host.count('startPane') > 0)
    expect(b.host.count('startPane')).toBe(1)
  })

  it('remembers answers as far as they fit', async () => {
    await using b = await bench()
    const blockedBy = Array.from({ length: 300 }, (_, n) => `gm-blocker-${n}`)
    b.server.add('gm-1', { blockedBy })
    const [refused] = await b.commands.dispatch(order('gm-1', 'key'))
    expect(JSON.stringify(refused)).toContain('gm-blocker-9, 290 more')
  })
})

describe('a bead whose holder nobody knows', () => {
  it('is given back when a person says so', async () => {
    await using b = await bench()
    b.server.add('gm-1', { status: 'in_progress', assignee: 'gemba/selsewhere' })
    const request: EscalationRequest = {
      id: `escalation/${b.project}/unknown_holder/gm-1-selsewhere`,
      project: b.project,
      source: 'unknown_holder',
      urgency: 'advisory',
      session: null,
      bead: 'gm-1',
      host: null,
      title: 'It is held by a session that is not known here.',
      text: '',
      options: ['leave', 'release'].map((value) => ({ value, label: value, tone: 'neutral' })),
      freeText: false,
      createdAt: new Date().toISOString(),
    }
    await b.processes.escalate(request, { kind: 'holder', bead: 'gm-1', session: 'selsewhere' }, null)
    await answer(b, await asked(b), 'release')
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
  })
})

function says(request: unknown): string {
  return (request as { text: string }).text
}

function fenceOf(request: unknown): number {
  return (request as { fence: number }).fence
}
