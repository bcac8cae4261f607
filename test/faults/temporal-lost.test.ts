import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../system/api-client.ts'
import { gateFiles, openGate } from '../system/gate.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'
import { expectOnce } from './slow-work.ts'

/**
 * Temporal's file is lost, once under a running Gemba and once between two starts, while one agent works and another has
 * asked. What was under way goes on from what it has published: in the same sessions and the same panes.
 */
let project: TestProject
let gemba: RunningGemba

const part = (n: number, step: string): string =>
  ['```gemba-steps', `append work-${n}.txt line 1`, 'commit Line 1', step, 'done', '```', ''].join('\n')

beforeAll(async () => {
  project = await createProject({ files: gateFiles, timing: { heartbeat: 2_000 } })
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

function loseFile(): void {
  const folder = join(project.data, 'temporal')
  const files = readdirSync(folder).filter((name) => name.startsWith('temporal.db'))
  expect(files).not.toEqual([])
  for (const file of files) rmSync(join(folder, file))
}

/** The sessions and their attempts: none was begun anew. */
async function attempts(): Promise<string[]> {
  const sessions = await gemba.api.sessions()
  return sessions.map(({ id, fence }) => `${id} ${fence}`).sort()
}

it('everything goes on when the file of Temporal is lost', async () => {
  const { api } = gemba
  const working = await api.create({ title: 'Work', description: part(1, 'run-tests') })
  const asking = await api.create({ title: 'Ask', description: part(2, 'ask Is that all? | yes') })
  for (const { id } of [working, asking]) await api.start(id)
  const question = await eventually('it asks', async () =>
    (await api.escalations()).find(({ bead }) => bead === asking.id),
  )
  await eventually('it works', async () =>
    (await api.sessions()).find(
      ({ bead, status, worktree }) => bead === working.id && status === 'working' && worktree,
    ),
  )
  const begun = await attempts()

  const lost = await gemba.child('temporal')
  process.kill(lost, 'SIGKILL')
  loseFile()
  await eventually('Temporal is there again', async () => (await gemba.child('temporal')) !== lost)
  await eventually('a bead can be started', async () => {
    const bead = await api.create({ title: 'After the loss', description: part(9, 'ask Again? | yes') })
    return (await api.start(bead.id)) !== ''
  })
  expect(await attempts()).toEqual(expect.arrayContaining(begun))

  await gemba.stop()
  loseFile()
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
  await gemba.api.answer(question.id, 'yes')
  await openGate(project)
  for (const { id } of [working, asking]) {
    await eventually(`${id} is done`, async () => (await gemba.api.bead(id)).status === 'closed')
  }
  await eventually('the sessions have ended', async () =>
    (await gemba.api.sessions()).every(
      ({ bead, status }) => ![working.id, asking.id].includes(bead) || status === 'completed',
    ),
  )
  expect(await attempts()).toEqual(expect.arrayContaining(begun))
  await expectOnce(gemba, [working.id, asking.id], 1)
  const asked = (await gemba.api.escalations()).filter(({ bead }) => bead === asking.id)
  expect(asked).toMatchObject([{ id: question.id, state: 'delivered' }])
}, 300_000)
