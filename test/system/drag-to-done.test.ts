import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './api-client.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from './running-gemba.ts'

let project: TestProject
let gemba: RunningGemba

const steps = (...lines: string[]): string => ['Do it.', '```gemba-steps', ...lines, '```', ''].join('\n')

beforeAll(async () => {
  project = await createProject()
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
})

afterAll(async () => {
  await gemba?.stop()
  await project?.release()
})

describe('from drag to done', () => {
  it('works a bead, integrates it, closes it and frees what it blocked', async () => {
    const { api } = gemba
    const first = await api.create({
      title: 'Write a',
      description: steps('write a.txt', '  hello', 'commit Add a', 'done'),
    })
    const second = await api.create({ title: 'Then b', dependencies: [{ to: first.id, kind: 'blocks' }] })
    await eventually('the second is blocked', async () =>
      (await api.beads()).some((bead) => bead.id === second.id && !bead.ready),
    )

    const session = await api.start(first.id)
    await eventually('the bead is done', async () => (await api.bead(first.id)).status === 'closed')
    expect(await gitIn(project.folder, 'show', 'main:a.txt')).toBe('hello\n')
    const done = await eventually('the session has ended', async () =>
      (await api.sessions()).find((view) => view.id === session && view.status === 'completed'),
    )
    expect(done).toMatchObject({ closeReason: 'bead_done', bead: first.id, worktree: null })
    await eventually('the second is ready', async () =>
      (await api.beads()).some((bead) => bead.id === second.id && bead.ready),
    )
    expect(
      await gitIn(
        project.folder,
        'status',
        '--porcelain',
        '--untracked-files=all',
        '--',
        '.',
        ':!.gemba/gemba.toml',
        ':!.gemba/agents.toml',
      ),
    ).toBe('')
  })

  it('asks a person, and goes on with the answer', async () => {
    const { api } = gemba
    const bead = await api.create({
      title: 'Ask',
      description: steps('ask Which colour? | red | blue', 'write colour.txt', '  done', 'commit Choose', 'done'),
    })
    await api.start(bead.id)
    const asked = await eventually('the question is open', async () =>
      (await api.escalations()).find((found) => found.bead === bead.id && found.state === 'open'),
    )
    expect(asked.options.map((option) => option.value)).toEqual(['red', 'blue'])
    await api.answer(asked.id, 'blue')
    await expect(api.answer(asked.id, 'red')).rejects.toMatchObject({ code: 'already_decided' })
    await eventually('the answer was delivered', async () =>
      (await api.escalations()).find((found) => found.id === asked.id && found.state === 'delivered'),
    )
    await eventually('the bead is done', async () => (await api.bead(bead.id)).status === 'closed')
  })

  it('shows the terminal and takes what a person says', async () => {
    const { api } = gemba
    const bead = await api.create({ title: 'Wait', description: steps('ask Go on? | yes') })
    const session = await api.start(bead.id)
    await eventually('the question is open', async () =>
      (await api.escalations()).find((found) => found.bead === bead.id && found.state === 'open'),
    )
    const { text } = await api.get<{ text: string }>(`/sessions/${session}/peek`)
    expect(text).toContain('Go on?')
    await api.change('POST', `/sessions/${session}/end`, { mode: 'canceled' })
    await eventually('the session has ended', async () =>
      (await api.sessions()).find((view) => view.id === session && view.status === 'completed'),
    )
    expect(await api.bead(bead.id)).toMatchObject({ status: 'open', assignee: null })
  })

  it('keeps an event log without gap or repeat', async () => {
    const events = await gemba.api.events()
    expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
    const keys = events.map((event) => `${event.source}#${event.sourceRevision}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
