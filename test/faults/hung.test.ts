import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../system/api-client.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'
import { slowAgent } from '../system/slow-agent.ts'
import { expectOnce, slowSteps } from './slow-work.ts'

/**
 * A process that hangs is worse than one that died: its port is open and nothing comes back. Each in turn is stopped
 * while agents work; nobody helps.
 */
const rounds = 6
const beads = 2
const hungAfter = 6_000

let project: TestProject
let gemba: RunningGemba

beforeAll(async () => {
  project = await createProject({
    agents: slowAgent,
    defaultAgent: 'slow',
    timing: { relaunch: [200, 500, 1_000, 2_000, 2_000, 2_000], heartbeat: 2_000 },
    processes: { hungAfter },
  })
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

it('a process that hangs is noticed, ended and started again, and the work is done once', async () => {
  const created = await Promise.all(
    Array.from({ length: beads }, (_, n) =>
      gemba.api.create({ title: `Work ${n + 1}`, description: slowSteps(n + 1, rounds) }),
    ),
  )
  const ids = created.map((bead) => bead.id)
  await gemba.api.change('POST', '/dispatch', { items: ids.map((bead) => ({ bead })) })
  await eventually(
    'the agents work',
    async () => (await gemba.api.sessions()).filter((view) => view.status === 'working').length === beads,
  )

  for (const name of ['server', 'host', 'temporal', 'dolt'] as const) {
    const before = await gemba.child(name)
    process.kill(before, 'SIGSTOP')
    await eventually(`${name} is started again`, async () => (await gemba.child(name)) !== before)
    expect(gemba.events()).toContainEqual({
      ...{ event: 'child', type: 'hung', name, pid: before, error: 'process_hung' },
    })
    await eventually('it is worked on', async () => {
      const bead = await gemba.api.create({ title: `After ${name}` })
      const hosts = await gemba.api.hosts()
      return bead.id !== '' && hosts.some((host) => host.status === 'online')
    })
  }

  await eventually('both ask whether that is all, and are answered', async () => {
    const asked = (await gemba.api.escalations()).filter((ask) => ask.state === 'open')
    for (const { id } of asked) await gemba.api.answer(id, 'yes')
    return (await gemba.api.escalations()).filter((ask) => ask.state === 'delivered').length === beads
  })
  await eventually(
    'every bead is done',
    async () => (await Promise.all(ids.map((id) => gemba.api.bead(id)))).every((bead) => bead.status === 'closed'),
    180_000,
  )
  await eventually('every session has ended', async () =>
    (await gemba.api.sessions()).every((view) => view.status === 'completed'),
  )
  await expectOnce(gemba, ids, rounds)
  expect((await gemba.api.sessions()).map((view) => view.fence)).toEqual([1, 1])

  const log = readFileSync(join(project.folder, '.gemba/data/logs/supervisor.log'), 'utf8')
  const hung = log.split('\n').flatMap((line) => (line.includes('"process_hung"') ? [JSON.parse(line) as object] : []))
  expect(hung).toHaveLength(4)
  expect(hung[0]).toMatchObject({ child: 'server', why: expect.stringContaining('did not answer') as unknown })
}, 600_000)
