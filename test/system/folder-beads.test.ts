/** A project whose beads lie in a folder of `bd` (`beads.dir`), worked from end to end. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { initialiseBeads } from '../../planes/work/bd/initialise-beads.ts'
import { findTool } from '../../runtime/tools/locate.ts'
import { pointAtServer } from '../bd/point-at-server.ts'
import { startDoltServer } from '../dolt-server.ts'
import { eventually } from './api-client.ts'
import { createProject, gitIn, RunningGemba } from './running-gemba.ts'

const bd = findTool('bd')
const steps = ['Do it.', '```gemba-steps', 'write a.txt', '  hello', 'commit Add a', 'done', '```', ''].join('\n')

/** Has a bead of the folder worked by an agent, and the one that it blocks become ready. */
async function workIn(folder: (project: string) => Promise<string>): Promise<ModeStatus> {
  const project = await createProject({ files: { '.gitignore': 'plans/\n' } })
  onTestFinished(() => project.release())
  const dir = await folder(join(project.folder, 'plans'))
  const gemba = await RunningGemba.start({ ...project, env: { ...project.env, GEMBA_BEADS_DIR: dir } })
  await gemba.hostOnline()
  const { api } = gemba
  const first = await api.create({ title: 'Write a', description: steps })
  const second = await api.create({ title: 'Then b', dependencies: [{ to: first.id, kind: 'blocks' }] })
  const ready = async () => (await api.beads()).find(({ id }) => id === second.id)?.ready
  await eventually('the second is blocked', async () => (await ready()) === false)
  await api.start(first.id)
  await eventually('the bead is done', async () => (await api.bead(first.id)).status === 'closed')
  expect(await gitIn(project.folder, 'show', 'main:a.txt')).toBe('hello\n')
  await eventually('the second is ready', async () => (await ready()) === true)
  const status = await api.get<ModeStatus>('/status')
  await gemba.stop()
  return status
}

it('by SQL, where a Dolt server keeps it', async () => {
  const dolt = await startDoltServer()
  onTestFinished(() => dolt.release())
  const login = { host: dolt.host, port: dolt.port, user: dolt.user, database: 'plans' }
  await createBeads({ ...login, prefix: 'tp' })
  const status = await workIn(async (folder) => {
    await pointAtServer(folder, login)
    return folder
  })
  expect(status).toMatchObject({ mode: 'full', source: { kind: 'project' }, privilege: 'read_write' })
})

it.skipIf(bd === undefined)('through bd, where bd keeps it in files', { timeout: 300_000 }, async () => {
  const status = await workIn(async (folder) => {
    await mkdir(folder, { recursive: true })
    await initialiseBeads(folder, { prefix: 'tp' })
    return folder
  })
  expect(status).toMatchObject({ mode: 'full', health: { healthy: true } })
})
