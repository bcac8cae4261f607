import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { sessionWorkflowId } from '../../temporal/contracts/session.ts'
import { eventually } from './api-client.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

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

const asking = ['```gemba-steps', 'ask Ready? | yes', 'write a.txt', '  x', 'commit Add', 'done', '```'].join('\n')

async function asked(bead: string, source: string): Promise<EscalationView> {
  return eventually(
    `${source} of ${bead}`,
    async () => (await gemba.api.escalations()).find((found) => found.bead === bead && found.source === source),
    120_000,
  )
}

/** What a person can do in Temporal's own pages: end a session's process without a word to anybody. */
async function terminate(session: string): Promise<void> {
  const ports = JSON.parse(readFileSync(join(project.folder, '.gemba/data/ports.json'), 'utf8')) as { temporal: number }
  const where = ['--address', `127.0.0.1:${ports.temporal}`, '--namespace', 'gemba', '--disable-config-file']
  const id = sessionWorkflowId('test', session)
  await run(locateTool('temporal'), ['workflow', 'terminate', '--workflow-id', id, '--reason', 'test', ...where])
}

async function windowsOf(session: string): Promise<string[]> {
  const listed = await run(locateTool('tmux'), ['-L', project.socket, 'list-windows', '-a', '-F', '#{window_name}'])
  return listed.split('\n').filter((name) => name.includes(session))
}

describe('a pane whose session is no more', () => {
  it('is asked about, and is no question any more when it ends by itself; its bead is given back', async () => {
    const bead = await gemba.api.create({ title: 'Left alone', description: asking })
    const session = await gemba.api.start(bead.id)
    await asked(bead.id, 'question')
    await terminate(session)
    const stray = await asked(bead.id, 'stray_pane')
    expect(stray.state).toBe('open')
    expect((await gemba.api.bead(bead.id)).assignee, 'its pane still works on it').toBe(`gemba/${session}`)
    const [window] = await windowsOf(session)
    await run(locateTool('tmux'), ['-L', project.socket, 'kill-window', '-t', `gemba:${window ?? ''}`])
    await eventually(
      'the question is closed',
      async () =>
        (await gemba.api.escalations()).some(({ id, state, note }) =>
          id === stray.id ? state === 'moot' && note === 'The pane has ended.' : false,
        ),
      120_000,
    )
    await eventually('the bead is given back', async () => (await gemba.api.bead(bead.id)).status === 'open', 120_000)
  }, 400_000)

  it('is ended when a person says so, and its bead can be worked anew', async () => {
    const bead = await gemba.api.create({ title: 'Ended', description: asking })
    const session = await gemba.api.start(bead.id)
    await asked(bead.id, 'question')
    await terminate(session)
    const stray = await asked(bead.id, 'stray_pane')
    await gemba.api.answer(stray.id, 'end')
    await eventually('the pane has ended', async () => (await windowsOf(session)).length === 0)
    await eventually('the bead is given back', async () => (await gemba.api.bead(bead.id)).status === 'open', 120_000)
    const next = await gemba.api.start(bead.id)
    const question = await eventually('the next agent asks', async () =>
      (await gemba.api.escalations()).find((found) => found.session === next && found.state === 'open'),
    )
    await gemba.api.answer(question.id, 'yes')
    await eventually('the bead is done', async () => (await gemba.api.bead(bead.id)).status === 'closed')
  }, 400_000)
})
