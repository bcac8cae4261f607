import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import { exec } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from '../system/running-gemba.ts'

/** A host that falls silent and comes back: its process is stopped and goes on, as a laptop that sleeps. */
let project: TestProject
let gemba: RunningGemba

beforeAll(async () => {
  const restart = Array.from({ length: 20 }, () => 5_000)
  project = await createProject({
    timing: { degraded: 500, offline: 1_000, heartbeat: 2_000, restart },
    // The supervisor is not to help.
    processes: { hungAfter: 3_600_000 },
  })
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})
afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

const patience = 120_000

async function question(bead: string, source: string): Promise<EscalationView> {
  return eventually(
    `${source} about ${bead}`,
    async () =>
      (await gemba.api.escalations()).find(
        (found) => found.bead === bead && found.source === source && found.state === 'open',
      ),
    patience,
  )
}

async function atWork(title: string, file: string): Promise<{ bead: string; session: string }> {
  const steps = ['```gemba-steps', 'ask Ready? | yes', `append ${file} line`, 'commit Add', 'done', '```']
  const { id: bead } = await gemba.api.create({ title, description: steps.join('\n') })
  const session = await gemba.api.start(bead)
  await question(bead, 'question')
  return { bead, session }
}

async function finish(bead: string, file: string): Promise<void> {
  await gemba.api.answer((await question(bead, 'question')).id, 'yes')
  await eventually('the bead is done', async () => (await gemba.api.bead(bead)).status === 'closed', patience)
  expect(await gitIn(project.folder, 'show', `main:${file}`)).toBe('line\n')
}

const viewOf = async (session: string) => (await gemba.api.sessions()).find((view) => view.id === session)

async function windows(): Promise<string[]> {
  const listed = await exec(locateTool('tmux'), ['-L', project.socket, 'list-windows', '-a', '-F', '#{window_name}'])
  return listed.stdout.split('\n').filter((name) => name.startsWith('gmb-'))
}

describe('a host that does not answer', () => {
  it('is waited for: people are asked, and the question goes away when it is back', async () => {
    const { bead, session } = await atWork('Wait', 'wait.txt')
    const host = await gemba.child('host')
    process.kill(host, 'SIGSTOP')
    const asked = await question(bead, 'host_offline')
    await eventually('it says so', async () => (await viewOf(session))?.waitsForHost === true)
    process.kill(host, 'SIGCONT')
    await eventually(
      'the question is moot',
      async () => (await gemba.api.escalations()).find((found) => found.id === asked.id)?.state === 'moot',
      patience,
    )
    await finish(bead, 'wait.txt')
    const closed = await eventually('the session has ended', async () => {
      const view = await viewOf(session)
      return view?.closeReason != null && view
    })
    expect(closed).toMatchObject({ fence: 1, closeReason: 'bead_done', waitsForHost: false })
  }, 400_000)

  it('is given up: the bead is worked anew, and never by two agents in one worktree', async () => {
    const { bead, session } = await atWork('Leave', 'leave.txt')
    const host = await gemba.child('host')
    process.kill(host, 'SIGSTOP')
    await gemba.api.answer((await question(bead, 'host_offline')).id, 'leave')
    await eventually('the session has ended', async () => (await viewOf(session))?.status === 'completed', patience)
    expect(await gemba.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
    process.kill(host, 'SIGCONT')
    await eventually('the host is back', async () =>
      (await gemba.api.hosts()).some(({ status }) => status === 'online'),
    )

    await gemba.api.start(bead)
    const stray = await question(bead, 'stray_pane')
    expect(await windows(), 'only the pane that was left').toEqual([`gmb-${session}-1`])
    await gemba.api.answer(stray.id, 'end')
    await question(bead, 'question')
    expect(await windows()).toHaveLength(1)
    await finish(bead, 'leave.txt')
  }, 400_000)
})
