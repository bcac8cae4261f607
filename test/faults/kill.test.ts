import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionView } from '../../model/session.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import { gateFiles, openGate } from '../system/gate.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'
import { slowAgent } from '../system/slow-agent.ts'
import { expectOnce } from './slow-work.ts'

/**
 * The whole system up, six beads at work, and everything killed in turn, as it may happen to people. What counts is the
 * end: every bead done exactly once, no session doubled, nothing stuck, the event log without gap or repeat.
 */
const beads = 6
const rounds = 6

let project: TestProject
let gemba: RunningGemba

/**
 * Work whose every part must stand in the file exactly once, and that is not over before it may be: the first agent asks
 * before its last part, the others wait at the gate.
 */
function steps(n: number): string {
  const lines = Array.from({ length: rounds }, (_, round) => [
    `append work-${n}.txt line ${round + 1}`,
    `commit Line ${round + 1}`,
    'sleep 3',
  ])
  const hold = n === 1 ? 'ask Is that all? | yes' : 'run-tests'
  return ['```gemba-steps', ...lines.slice(0, -1).flat(), hold, ...(lines.at(-1) ?? []), 'done', '```', ''].join('\n')
}

beforeAll(async () => {
  project = await createProject({
    agents: slowAgent,
    defaultAgent: 'slow',
    files: gateFiles,
    timing: { relaunch: [200, 500, 1_000, 2_000, 2_000, 2_000], heartbeat: 2_000 },
  })
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

function kill(pid: number): void {
  process.kill(pid, 'SIGKILL')
}

async function tmuxPid(): Promise<number> {
  return Number(await run(locateTool('tmux'), ['-L', project.socket, 'display-message', '-p', '#{pid}']))
}

async function workingAgain(ids: readonly string[]): Promise<void> {
  await eventually(
    'everything answers again',
    async () => {
      const views = await gemba.api.sessions()
      const found = (await gemba.api.beads()).filter((bead) => ids.includes(bead.id))
      const host = (await gemba.api.hosts()).some((known) => known.status === 'online')
      return (
        host &&
        found.length === ids.length &&
        views.filter((view) => ids.includes(view.bead)).every((view) => view.status !== 'initializing')
      )
    },
    90_000,
  )
}

describe('kill -9', () => {
  it('loses nothing, doubles nothing, and everything comes back by itself', async () => {
    const created = await Promise.all(
      Array.from({ length: beads }, (_, n) => gemba.api.create({ title: `Work ${n + 1}`, description: steps(n + 1) })),
    )
    const ids = created.map((bead) => bead.id)
    await gemba.api.change('POST', '/dispatch', { items: ids.map((bead) => ({ bead })) })
    await eventually('six agents are at work', async () => (await atWork()).length === beads)

    for (const name of ['server', 'temporal', 'dolt', 'host'] as const) {
      const before = await gemba.child(name)
      kill(before)
      await eventually(`${name} is started again`, async () => (await gemba.child(name)) !== before)
      await workingAgain(ids)
    }

    kill(await tmuxPid())
    const relaunched = async () => (await atWork()).filter((view) => view.fence > 1).length === beads
    await eventually('all lost panes are launched again', relaunched)

    const victim = await eventually('the first agent lives again', () => livingPane(ids[0] ?? ''))
    kill(victim.pid)
    await eventually('the lost pane is launched again', async () =>
      (await gemba.api.sessions()).some((view) => view.id === victim.session && view.fence > victim.fence),
    )

    const everything = [
      gemba.pid,
      ...(await Promise.all((['server', 'temporal', 'dolt', 'host'] as const).map((name) => gemba.child(name)))),
      await tmuxPid(),
    ]
    for (const pid of everything) kill(pid)
    await gemba.exited()
    await openGate(project)
    gemba = await RunningGemba.start(project)

    await eventually(
      'every bead is done',
      async () => {
        await answerWhatIsAsked()
        return (await Promise.all(ids.map((id) => gemba.api.bead(id)))).every((bead) => bead.status === 'closed')
      },
      180_000,
    )
    await eventually('every session has ended', async () =>
      (await gemba.api.sessions()).every((view) => view.status === 'completed'),
    )
    await expectOnce(gemba, ids, rounds)
    await expectAnsweredOnce(ids[0])
  }, 600_000)
})

/** Sessions whose agent has said that it works, or has asked. */
async function atWork(): Promise<SessionView[]> {
  return (await gemba.api.sessions()).filter((view) => view.status === 'working' || view.status === 'prompting')
}

/** The pane of a bead's session, when its agent lives: a process of an earlier launch does not count. */
async function livingPane(bead: string): Promise<{ session: string; fence: number; pid: number } | undefined> {
  const session = (await gemba.api.sessions()).find((view) => view.bead === bead)?.id ?? ''
  const file = join(project.folder, '.gemba/data/host/sessions', session, 'session.json')
  const { fence, pane } = JSON.parse(readFileSync(file, 'utf8')) as {
    fence: number
    pane: { process: { pid: number } }
  }
  process.kill(pane.process.pid, 0)
  return { session, fence, pid: pane.process.pid }
}

async function answerWhatIsAsked(): Promise<void> {
  for (const { id, state } of await gemba.api.escalations()) if (state === 'open') await gemba.api.answer(id, 'yes')
}

async function expectAnsweredOnce(asking: string | undefined): Promise<void> {
  // A question whose agent was killed is moot, the one that was answered is delivered, and there are no others.
  const asked = await gemba.api.escalations()
  expect(asked.filter((ask) => ask.bead !== asking || !['delivered', 'moot'].includes(ask.state))).toEqual([])
  expect(asked.filter((ask) => ask.state === 'delivered')).toHaveLength(1)
}
