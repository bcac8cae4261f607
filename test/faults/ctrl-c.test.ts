import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../system/api-client.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'

let project: TestProject
let gemba: RunningGemba

beforeAll(async () => {
  project = await createProject()
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

describe('Ctrl-C', () => {
  it('leaves panes running, says which and how to end them, and goes on with them at the next start', async () => {
    const description = ['```gemba-steps', 'ask Ready? | yes', 'write a.txt', '  x', 'commit Add', 'done', '```'].join(
      '\n',
    )
    const bead = await gemba.api.create({ title: 'Wait', description })
    const session = await gemba.api.start(bead.id)
    const asked = await eventually('it asks', async () =>
      (await gemba.api.escalations()).find((found) => found.state === 'open'),
    )

    await eventually('the session knows its question', async () =>
      (await gemba.api.sessions()).some((view) => view.openEscalations.includes(asked.id)),
    )

    await gemba.stop('SIGINT')
    const said = gemba.lines.join('\n')
    expect(said).toContain(session)
    expect(said).toContain(`tmux -L ${project.socket} kill-server`)

    gemba = await RunningGemba.start(project)
    await eventually('the host is back', async () => (await gemba.api.hosts()).some((host) => host.status === 'online'))
    const [view] = await gemba.api.sessions()
    expect(view).toMatchObject({ id: session, fence: 1, openEscalations: [asked.id] })
    await gemba.api.answer(asked.id, 'yes')
    await eventually('it is done', async () => (await gemba.api.bead(bead.id)).status === 'closed')
    expect((await gemba.api.sessions()).map((known) => known.fence)).toEqual([1])
  })

  it("refuses a second serve with the first one's process and address", async () => {
    await expect(RunningGemba.start(project)).rejects.toThrow(/already_running[\s\S]*127\.0\.0\.1/)
  })
})
