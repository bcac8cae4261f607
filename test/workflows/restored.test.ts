import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import { escalationWorkflowId } from '../../temporal/contracts/escalation.ts'
import { sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { restoredDispatch } from '../../temporal/restored.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, person, quickTiming, testConfig, until } from './bench-of-doubles.ts'

type Bench = Awaited<ReturnType<typeof openWorkflowBench>>

let before: TestTemporal
let after: TestTemporal
let benches = 0

beforeAll(async () => {
  ;[before, after] = await Promise.all([startTemporal(), startTemporal()])
})
afterAll(async () => {
  await Promise.all([before.release(), after.release()])
})

/** A project that is at work on the first Temporal, and how it goes on with the second, which knows nothing of it. */
async function lostBench(config = { ...testConfig, timing: quickTiming }) {
  benches += 1
  const project = `lost${benches}`
  const first = await openWorkflowBench(before, project, config)
  return {
    first,
    async lose(): Promise<Bench> {
      await first.release()
      return openWorkflowBench(after, project, config, first)
    },
  }
}

async function atWork(b: Bench, bead: string): Promise<string> {
  b.server.add(bead)
  const session = await b.start(bead)
  await until(() => b.server.session(session)?.worktree)
  return session
}

/** The session's open question, once both have published it. */
function asked(b: Bench, session: string): EscalationView | undefined {
  const open = b.server.escalations().find((found) => found.session === session && found.state === 'open')
  return open !== undefined && b.server.session(session)?.openEscalations.includes(open.id) ? open : undefined
}

/** The state that was published last, as text. */
function recorded(b: Bench, key: string): string {
  return JSON.stringify(b.server.snapshots.get(key)?.state ?? null)
}

const answer = (b: Bench, escalation: string, value: string) =>
  b.commands.answer({ escalation, value, text: '', key: `answer-${escalation}`, actor: person })

const prompt = { kind: 'prompt', prompt: { title: 'May I?', screen: 'rm', screenDigest: 'd' } } as const

describe('after the loss of Temporal', () => {
  it('a session goes on in the same pane, and its bead is done once', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    await using b = await lose()
    expect(await b.processes.seats()).toMatchObject([{ session, bead: 'gm-1' }])
    b.host.feed(session, { kind: 'working' }, { kind: 'done', bead: 'gm-1', note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
    expect(b.server.closed).toEqual(['gm-1'])
    expect([b.host.count('startPane'), b.host.count('integrate')]).toEqual([1, 1])
    await until(async () => (await b.processes.seats())?.length === 0)
  })

  it('a pane that is lost later is launched again, with the whole text of its bead', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    await using b = await lose()
    b.host.feed(session, { kind: 'gone', exitStatus: null })
    await until(() => b.host.count('startPane') === 2)
    expect(b.host.calls.findLast(({ name }) => name === 'startPane')?.request).toMatchObject({
      fence: 2,
      bead: { id: 'gm-1', title: 'Bead gm-1' },
    })
  })

  it('a question can still be answered, under the same name', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    first.host.feed(session, prompt)
    await until(() => asked(first, session))
    const escalation = asked(first, session)?.id ?? ''
    await using b = await lose()
    await answer(b, escalation, 'approve')
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.host.count('deliverAnswer')).toBe(1)
    expect(b.server.escalations()).toHaveLength(1)
    b.host.feed(session, { ...prompt, prompt: { ...prompt.prompt, screenDigest: 'e' } })
    await until(() => b.server.escalations().length === 2)
  })

  it('a decision that was not delivered yet is delivered once', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    first.host.feed(session, prompt)
    await until(() => asked(first, session))
    await first.stopHost()
    const escalation = asked(first, session)?.id ?? ''
    await answer(first, escalation, 'deny')
    await until(() => first.server.escalations()[0]?.state === 'decided')
    await using b = await lose()
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.host.calls.filter(({ name }) => name === 'deliverAnswer').map(({ request }) => request)).toMatchObject([
      { escalation, answer: { kind: 'permission', approve: false } },
    ])
  })

  it('a question about work that could not be brought in is the same question', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    first.host.outcomes = [
      { outcome: 'conflict', files: ['a.txt'] },
      { outcome: 'conflict', files: ['a.txt'] },
    ]
    first.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => asked(first, session))
    const escalation = asked(first, session)?.id ?? ''
    await using b = await lose()
    await until(() => b.host.count('integrate') === 2)
    expect(b.server.escalations()).toHaveLength(1)
    await answer(b, escalation, 'retry')
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })

  it('what a person wanted typed is typed', async () => {
    const { first, lose } = await lostBench()
    const session = await atWork(first, 'gm-1')
    await first.stopHost()
    await first.commands.say({ session, text: 'Mind the gap', key: 'say', actor: person })
    await until(() => recorded(first, `session/${session}`).includes('Mind the gap'))
    await using b = await lose()
    await until(() => b.host.count('sayToPane') === 1)
    expect(b.host.calls.find(({ name }) => name === 'sayToPane')?.request).toMatchObject({
      session,
      key: 'say',
      text: 'Mind the gap',
    })
  })

  it('a start that is to be tried again is tried again', async () => {
    const { first, lose } = await lostBench({ ...testConfig, timing: { ...quickTiming, restart: [5_000] } })
    first.server.add('gm-1')
    const failing = { code: 'repository_unusable', params: { repository: 'main', why: 'it has no commits' } }
    first.host.failures.set('startPane', [failing])
    await first.start('gm-1')
    await until(() => recorded(first, `dispatch/${first.project}`).includes('repository_unusable'))
    await using b = await lose()
    await until(() => b.host.count('startPane') === 2)
  })

  it('what was parked stays parked', async () => {
    const { first, lose } = await lostBench({ ...testConfig, timing: { ...quickTiming, restart: [] } })
    first.server.add('gm-1')
    const failing = { code: 'repository_unusable', params: { repository: 'main', why: 'it has no commits' } }
    first.host.failures.set('startPane', [failing])
    await first.start('gm-1')
    await until(() => first.server.kinds().includes('bead.parked'))
    await using b = await lose()
    await b.commands.unpark({ bead: 'gm-1', key: 'u', actor: person })
    await until(() => b.server.kinds().includes('bead.unparked'))
  })
})

describe('what is recorded as open', () => {
  it('is closed when its session was terminated in Temporal', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const session = await atWork(b, 'gm-1')
    await before.client.workflow.getHandle(sessionWorkflowId(b.project, session)).terminate()
    await b.restorer.mend(b.processes, { kind: 'session', id: session, running: false })
    expect(b.server.session(session)).toMatchObject({ status: 'failed', closeReason: 'transport_error' })
    expect(b.server.snapshots.get(`session/${session}`)?.open).toBe(false)
  })

  it('is left alone while it runs', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const session = await atWork(b, 'gm-1')
    await b.restorer.mend(b.processes, { kind: 'session', id: session, running: false })
    expect(b.server.snapshots.get(`session/${session}`)?.open).toBe(true)
  })

  it('is asked again when its question was terminated in Temporal', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const session = await atWork(b, 'gm-1')
    b.host.feed(session, prompt)
    await until(() => asked(b, session))
    const escalation = asked(b, session)?.id ?? ''
    await before.client.workflow.getHandle(escalation).terminate()
    await b.restorer.mend(b.processes, { kind: 'escalation', id: escalation, running: false })
    await answer(b, escalation, 'approve')
    await until(() => b.server.escalations()[0]?.state === 'delivered')
  })
})

describe('with a Temporal that was restored from an older copy', () => {
  it('a session whose record is ahead of it is heard again', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const session = await atWork(b, 'gm-1')
    const key = `session/${session}`
    const record = b.server.snapshots.get(key)
    if (record === undefined) throw new Error('nothing was recorded')
    b.server.snapshots.set(key, { ...record, revision: record.revision + 50 })
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
    await until(() => b.server.snapshots.get(key)?.open === false)
  })

  it('a question that was brought back before its session asks it again does no harm', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const session = await atWork(b, 'gm-1')
    const taken = { taskQueue: 'nobody', args: [{}], workflowId: escalationWorkflowId(b.project, session, '1') }
    await before.client.workflow.start('escalation', taken)
    b.host.feed(session, prompt, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })
})

describe('a dispatcher that was ended in Temporal', () => {
  it('is missed; its sessions keep their seats, and what else was ended stays so', async () => {
    const { first: b } = await lostBench()
    await using _ = b
    const [working, ended] = [await atWork(b, 'gm-1'), await atWork(b, 'gm-2')]
    const { workflow } = before.client
    await workflow.getHandle(b.processes.dispatcher).terminate()
    await workflow.getHandle(sessionWorkflowId(b.project, ended)).terminate()
    expect(await b.processes.seats()).toBeUndefined()
    await b.restorer.begin(b.processes)
    expect(b.server.session(ended)).toMatchObject({ status: 'failed', closeReason: 'transport_error' })
    expect(await b.processes.seats()).toContainEqual(expect.objectContaining({ session: working }))
    b.host.feed(working, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(working)?.closeReason === 'bead_done')
  })

  it('goes on also when its state was too much to be recorded', () => {
    expect(restoredDispatch({ state: null, revision: 1 }, [], [], 0)).toMatchObject({ parked: [], restarts: {} })
  })
})

describe('a project that moved to a Temporal that it shares', () => {
  it('goes on with the id that its own host has there', async () => {
    const first = await openWorkflowBench(before, 'moved', testConfig, { hostId: 'local' })
    const session = await atWork(first, 'gm-1')
    await first.release()
    await using b = await openWorkflowBench(after, 'moved', testConfig, { ...first, hostId: 'local-moved' })
    expect(b.server.snapshots.get('host/local')).toMatchObject({ open: false, view: { status: 'revoked' } })
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
    expect(b.server.session(session)?.host).toBe('local-moved')
    await before.client.workflow.getHandle('host/local').terminate()
  })

  it('and back is heard there, its host and its session', async () => {
    const first = await openWorkflowBench(before, 'back', testConfig, { hostId: 'local' })
    const session = await atWork(first, 'gm-1')
    await first.release()
    const second = await openWorkflowBench(after, 'back', testConfig, { ...first, hostId: 'local-back' })
    await second.release()
    await using b = await openWorkflowBench(before, 'back', testConfig, { ...first, hostId: 'local' })
    await until(() => b.server.snapshots.get('host/local')?.open)
    expect(b.server.snapshots.get('host/local')?.view).toMatchObject({ status: 'online' })
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })
})
