import { describe, expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { person, testConfig, until } from './bench-of-doubles.ts'
import { workflowBenches } from './workflow-benches.ts'

const { bench, temporal } = workflowBenches()

const code = (error: unknown): string => (error instanceof GembaError ? error.code : String(error))

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
    await temporal().client.workflow.getHandle(sessionWorkflowId(b.project, session)).cancel()
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
    await temporal().client.workflow.getHandle(sessionWorkflowId(b.project, session)).terminate()
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
