import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { startTemporal, type TestTemporal } from '../temporal-server.ts'
import { openWorkflowBench, order, person, testConfig, until } from './bench-of-doubles.ts'

let temporal: TestTemporal
let projects = 0

beforeAll(async () => {
  temporal = await startTemporal()
})
afterAll(() => temporal.release())

function bench(config = testConfig) {
  projects += 1
  return openWorkflowBench(temporal, `p${projects}`, config)
}

const code = (error: unknown): string => (error instanceof GembaError ? error.code : String(error))

describe('dispatch', () => {
  it('starts a bead once, however often the same command comes', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const answers = await Promise.all([1, 2, 3].map(() => b.commands.dispatch(order('gm-1', 'same'))))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await until(() => b.host.count('startPane') > 0)
    expect(b.host.count('startPane')).toBe(1)
  })

  it('admits one of two commands for the same bead', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const [one, two] = await Promise.all([
      b.commands.dispatch(order('gm-1', 'a')),
      b.commands.dispatch(order('gm-1', 'b')),
    ])
    const admitted = [one?.[0], two?.[0]].filter((result) => result?.admitted === true)
    expect(admitted).toHaveLength(1)
    const refused = [one?.[0], two?.[0]].find((result) => result?.admitted === false)
    expect(refused).toMatchObject({ code: 'bead_already_claimed' })
  })

  it('refuses what can not start, with the reason', async () => {
    await using b = await bench({ ...testConfig, maxSessions: 1 })
    b.server.add('gm-blocked', { blockedBy: ['gm-9'] })
    b.server.add('gm-epic', { type: 'epic' })
    b.server.add('gm-held', { status: 'in_progress', assignee: 'mike' })
    b.server.add('gm-closed', { status: 'closed' })
    b.server.add('gm-1')
    b.server.add('gm-2')
    const items = ['gm-blocked', 'gm-epic', 'gm-held', 'gm-closed', 'gm-none', 'gm-1', 'gm-2'].map((bead) => ({ bead }))
    const results = await b.commands.dispatch({ items, key: 'k', actor: person })
    expect(results.map((result) => (result.admitted ? 'admitted' : result.code))).toEqual([
      'bead_blocked',
      'bead_not_startable',
      'bead_already_claimed',
      'bead_not_startable',
      'bead_not_found',
      'admitted',
      'dispatch_full',
    ])
  })

  it('starts a blocked bead when a person insists', async () => {
    await using b = await bench()
    b.server.add('gm-1', { blockedBy: ['gm-9'] })
    const [result] = await b.commands.dispatch({ items: [{ bead: 'gm-1', force: true }], key: 'k', actor: person })
    expect(result?.admitted).toBe(true)
  })

  it('tries a failed start again, then parks the bead and says so once', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.host.failures.set(
      'startPane',
      Array.from({ length: 9 }, () => ({
        code: 'repository_unusable',
        params: { repository: 'main', why: 'it has no commits' },
      })),
    )
    await b.start('gm-1')
    await until(() => b.server.kinds().includes('bead.parked'))
    expect(b.host.count('startPane')).toBe(3)
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
    expect(b.server.kinds().filter((kind) => kind === 'bead.parked')).toHaveLength(1)
    b.host.failures.clear()
    const session = await b.start('gm-1', 'again')
    await until(() => b.server.kinds().includes('bead.unparked'))
    await until(() => b.server.session(session)?.worktree)
  })
})

describe('session', () => {
  it('goes from the claim to the closed bead and frees its seat', async () => {
    await using b = await bench({ ...testConfig, maxSessions: 1 })
    b.server.add('gm-1')
    b.server.add('gm-2')
    const session = await b.start('gm-1')
    b.host.feed(
      session,
      { kind: 'started', agentSession: 'c1' },
      { kind: 'working' },
      { kind: 'done', bead: 'gm-1', note: '' },
    )
    await until(() => b.server.session(session)?.status === 'completed')
    expect(b.server.session(session)).toMatchObject({
      closeReason: 'bead_done',
      integratedAs: 'c0ffee',
      openEscalations: [],
      worktree: null,
    })
    expect(b.server.closed).toEqual(['gm-1'])
    expect(b.host.calls.map((call) => call.name).filter((name) => name !== 'attendPane')).toEqual([
      'startPane',
      'integrate',
      'endPane',
    ])
    await b.start('gm-2')
  })

  it('does not take another bead for its own', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, { kind: 'done', bead: 'gm-7', note: '' })
    await until(() => b.server.session(session)?.note.includes('gm-7'))
    expect(b.server.closed).toEqual([])
  })

  it('ends refused when somebody else was quicker with the claim', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.server.beforeClaim = (bead) => {
      bead.assignee = 'mike'
    }
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.closeReason === 'start_refused')
    expect(b.server.kinds()).toContain('session.refused')
    expect(b.server.beads.get('gm-1')?.assignee).toBe('mike')
    expect(b.host.calls).toEqual([])
  })

  it('launches a lost pane again with a higher fence, at most three times, then parks', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    for (let launch = 1; launch <= 4; launch += 1) {
      await until(() => b.host.count('startPane') === launch)
      b.host.feed(session, { kind: 'gone', exitStatus: null })
    }
    await until(() => b.server.kinds().includes('bead.parked'))
    const fences = b.host.calls
      .filter((call) => call.name === 'startPane')
      .map((call) => (call.request as { fence: number }).fence)
    expect(fences).toEqual([1, 2, 3, 4])
    expect(b.server.session(session)).toMatchObject({ status: 'failed', closeReason: 'transport_error' })
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
  })

  it('ends when asked, gives the bead back and keeps its worktree', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.worktree)
    await b.commands.end({ session, mode: 'canceled', key: 'e', actor: person })
    await until(() => b.server.session(session)?.status === 'completed')
    expect(b.server.session(session)).toMatchObject({ closeReason: 'user_stop', worktree: '/w' })
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
    await expect(b.commands.end({ session, mode: 'canceled', key: 'f', actor: person }).catch(code)).resolves.toBe(
      'session_closed',
    )
  })

  it('asks what is to become of uncommitted changes', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.host.outcomes = [{ outcome: 'dirty', files: ['a.txt'] }]
    const session = await b.start('gm-1')
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.escalations()[0]?.state === 'open')
    const asked = b.server.escalations()[0]
    expect(asked).toMatchObject({ source: 'bead_done_with_dirty_worktree', text: 'a.txt' })
    await b.commands.answer({ escalation: asked?.id ?? '', value: 'commit', text: '', key: 'k', actor: person })
    await until(() => b.server.session(session)?.status === 'completed')
    expect(
      b.host.calls.filter((call) => call.name === 'integrate').map((call) => (call.request as { dirty: string }).dirty),
    ).toEqual(['refuse', 'commit'])
    await until(() => b.server.escalations()[0]?.state === 'delivered')
  })

  it('asks when the work is in but the bead can not be closed, and does not give the bead back', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.server.closeRefusals = ['read_only']
    const session = await b.start('gm-1')
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.escalations()[0]?.state === 'open')
    expect(b.server.escalations()[0]).toMatchObject({ source: 'integration_blocked' })
    expect(b.server.beads.get('gm-1')?.status).toBe('in_progress')
    const escalation = b.server.escalations()[0]?.id ?? ''
    await b.commands.answer({ escalation, value: 'retry', text: '', key: 'k', actor: person })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })

  it('sends a conflict back to the agent and integrates the second time', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.host.outcomes = [{ outcome: 'conflict', files: ['a.txt'] }]
    const session = await b.start('gm-1')
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.escalations()[0]?.state === 'open')
    await b.commands.answer({
      escalation: b.server.escalations()[0]?.id ?? '',
      value: 'back',
      text: '',
      key: 'k',
      actor: person,
    })
    await until(() => b.host.count('sayToPane') === 1)
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.closeReason === 'bead_done')
  })

  it('ends in order when it is cancelled in Temporal', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.worktree)
    await temporal.client.workflow.getHandle(sessionWorkflowId(b.project, session)).cancel()
    await until(() => b.server.session(session)?.status === 'completed')
    expect(b.server.beads.get('gm-1')).toMatchObject({ status: 'open', assignee: null })
    expect(b.host.count('endPane')).toBe(1)
    await until(() => b.server.kinds().includes('bead.released'))
  })

  it('goes on when one of its publications is refused for good', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.worktree)
    b.server.publishRefusals = ['too_large']
    b.host.feed(session, { kind: 'working' }, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.session(session)?.status === 'completed')
  })

  it('does not integrate work of a bead that somebody else has taken meanwhile', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.worktree)
    const bead = b.server.beads.get('gm-1')
    if (bead !== undefined) bead.assignee = 'mike'
    b.host.feed(session, { kind: 'done', bead: null, note: '' })
    await until(() => b.server.escalations()[0]?.source === 'bead_moved')
    expect(b.host.count('integrate')).toBe(0)
  })

  it('frees a seat whose session was terminated', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await temporal.client.workflow.getHandle(sessionWorkflowId(b.project, session)).terminate()
    expect(await b.processes.seats()).toHaveLength(1)
    await b.processes.freeSeat(session, 'gm-1')
    expect(await b.processes.seats()).toEqual([])
  })

  it('asks again when nobody can tell whether an approval arrived', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    b.host.delivery = 'unconfirmed'
    const session = await b.start('gm-1')
    b.host.feed(session, { kind: 'prompt', prompt: { title: 'May I?', screen: 'rm', screenDigest: 'd' } })
    await until(() => b.server.escalations()[0]?.state === 'open')
    const escalation = b.server.escalations()[0]?.id ?? ''
    await b.commands.answer({ escalation, value: 'approve', text: '', key: 'k', actor: person })
    await until(() => b.server.escalations().length === 2)
    expect(
      b.server
        .escalations()
        .map((found) => found.state)
        .sort(),
    ).toEqual(['open', 'unconfirmed'])
  })

  it("gives no more input once its bead is somebody else's", async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    await until(() => b.server.session(session)?.worktree)
    await b.processes.beadMoved(session, { assignee: 'mike', status: 'in_progress' })
    await until(() => b.server.session(session)?.status === 'suspended')
    await until(() => b.server.escalations()[0]?.state === 'open')
    const asked = b.server.escalations()[0]
    expect(asked?.source).toBe('bead_moved')
    await b.commands.answer({ escalation: asked?.id ?? '', value: 'end', text: '', key: 'k', actor: person })
    await until(() => b.server.session(session)?.status === 'failed')
    expect(b.server.session(session)?.closeReason).toBe('bead_moved')
    expect(b.server.kinds()).not.toContain('bead.released')
  })
})

describe('escalation', () => {
  const prompt = { kind: 'prompt', prompt: { title: 'May I run rm?', screen: 'rm -rf x', screenDigest: 'd1' } } as const

  it('takes the first answer and tells later ones who decided', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.session(session)?.status === 'prompting')
    const escalation = b.server.session(session)?.openEscalations[0] ?? ''
    const answers = await Promise.all(
      ['ada', 'bob', 'eve'].map((name) =>
        b.commands
          .answer({ escalation, value: 'approve', text: '', key: name, actor: { name, via: 'console' } })
          .then(() => 'taken', code),
      ),
    )
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'already_decided')).toHaveLength(2)
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.host.count('deliverAnswer')).toBe(1)
    await until(() => b.server.session(session)?.openEscalations.length === 0)
    await until(() => b.server.session(session)?.status === 'working')
    await expect(
      b.commands.answer({ escalation, value: 'deny', text: '', key: 'late', actor: person }).catch(code),
    ).resolves.toBe('already_decided')
  })

  it('refuses an answer that is not one of the options', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    await expect(
      b.commands
        .answer({ escalation: b.server.escalations()[0]?.id ?? '', value: 'maybe', text: '', key: 'k', actor: person })
        .catch(code),
    ).resolves.toBe('option_unknown')
  })

  it('tells what an open question takes, which has no options', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    const asked = { kind: 'question', role: 'coach', title: '', text: 'Which colour?', options: [] } as const
    b.host.feed(session, { kind: 'ask', ask: asked })
    await until(() => b.server.escalations()[0]?.state === 'open')
    const escalation = b.server.escalations()[0]?.id ?? ''
    const refused = async (value: string, text: string) =>
      b.commands.answer({ escalation, value, text, key: value + text, actor: person }).catch((error: unknown) => error)
    const mend = 'Answer with words of your own (value `text`, the words as its text).'
    expect(await refused('blue', '')).toMatchObject({ code: 'option_unknown', mend })
    expect(await refused('text', ' ')).toMatchObject({ code: 'option_unknown', mend })
    await b.commands.answer({ escalation, value: 'text', text: 'blue', key: 'k', actor: person })
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    const typed = b.host.calls.find((call) => call.name === 'deliverAnswer')?.request
    expect(typed).toMatchObject({ answer: { kind: 'text', text: 'blue' } })
  })

  it('becomes moot when it is answered in the terminal', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    b.host.feed(session, { kind: 'cleared' })
    await until(() => b.server.escalations()[0]?.state === 'moot')
    await until(() => b.server.session(session)?.status === 'working')
  })

  it('keeps a decision when the pane dies before hearing it, and gives it to the agent that asks again', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    const ask = {
      kind: 'ask',
      ask: { kind: 'question', role: 'coach', title: 'Which?', text: 'Which colour?', options: ['red', 'blue'] },
    } as const
    b.host.failures.set('deliverAnswer', [{ code: 'pane_gone', params: { session } }])
    b.host.feed(session, ask)
    await until(() => b.server.escalations()[0]?.state === 'open')
    await b.commands.answer({
      escalation: b.server.escalations()[0]?.id ?? '',
      value: 'blue',
      text: '',
      key: 'k',
      actor: person,
    })
    await until(() => b.host.count('deliverAnswer') === 1)
    b.host.feed(session, { kind: 'gone', exitStatus: 1 })
    await until(() => b.host.count('startPane') === 2)
    b.host.feed(session, ask)
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.server.escalations()).toHaveLength(1)
    expect(b.host.count('deliverAnswer')).toBe(2)
  })
})

describe('host', () => {
  it('is degraded, then offline after silence, and online when heard again', async () => {
    await using b = await bench()
    const told = (): string[] =>
      b.server.events.flatMap(({ body }) => (body.kind === 'host.changed' ? [body.host.status] : []))
    await b.processes.hostSilent(b.hostId, Date.now())
    await until(() => told().at(-1) === 'offline')
    expect(told()).toEqual(['online', 'degraded', 'offline'])
    b.server.add('gm-1')
    const [refused] = await b.commands.dispatch(order('gm-1', 'k'))
    expect(refused).toMatchObject({ admitted: false, code: 'host_offline' })
    await b.processes.hostAnnounced({ id: b.hostId, label: b.hostId, kinds: [], slots: 2, version: '1' })
    await until(() => told().at(-1) === 'online')
  })
})
