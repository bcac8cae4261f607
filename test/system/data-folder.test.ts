import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { dataFolderOf, withheldFromAgents } from '../../runtime/data-folder.ts'
import { exec } from '../../runtime/exec.ts'
import { eventually } from './api-client.ts'
import { createProject, gitIn, RunningGemba } from './running-gemba.ts'

const gemba = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))

it('the data of a project outlives what git does to the project, and agents are kept off it', async () => {
  const project = await createProject({ keptApart: true })
  onTestFinished(() => project.release())
  await gitIn(project.folder, 'add', '-f', '.gemba')
  await gitIn(project.folder, '-c', 'user.name=T', '-c', 'user.email=t@t', 'commit', '-q', '-m', 'Configure')
  const first = await RunningGemba.start(project)
  onTestFinished(async () => void (await first.stop()))
  await first.hostOnline()
  const description = ['```gemba-steps', 'ask Ready? | yes', 'write a.txt', '  x', 'commit Add', 'done', '```'].join(
    '\n',
  )
  const bead = await first.api.create({ title: 'Wait', description })
  await first.api.start(bead.id)
  const asked = await eventually('it asks', async () =>
    (await first.api.escalations()).find((found) => found.state === 'open'),
  )
  expect(first.lines.join('\n')).toContain(`is kept in ${project.data}`)
  expect(existsSync(join(project.folder, '.gemba', 'data'))).toBe(false)
  const withheld = withheldFromAgents(dataFolderOf(project.folder, project.data))
  expect(readdirSync(project.data).filter((name) => !withheld.includes(join(project.data, name)))).toEqual(['host'])

  await gitIn(project.folder, 'add', '-A')
  expect(await gitIn(project.folder, 'status', '--porcelain', '--untracked-files=all')).toBe('')
  await gitIn(project.folder, 'clean', '-fdx')
  await first.stop()

  const second = await RunningGemba.start(project)
  onTestFinished(async () => void (await second.stop()))
  const opened = await exec(process.execPath, [gemba, 'open', project.folder], {
    env: { ...process.env, ...project.env },
  })
  expect(opened.stdout).toBe(`http://127.0.0.1:${project.port}/#token=${second.api.token}\n`)
  await second.hostOnline()
  await second.api.answer(asked.id, 'yes')
  await eventually('it is done', async () => (await second.api.bead(bead.id)).status === 'closed')
  expect(await gitIn(project.folder, 'show', 'main:a.txt')).toBe('x\n')
}, 180_000)
