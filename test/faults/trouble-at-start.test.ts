import { createServer, type Server } from 'node:net'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'vitest'
import { createBeads } from '../../planes/work/create-beads.ts'
import { exec } from '../../runtime/exec.ts'
import { startDoltServer } from '../dolt-server.ts'
import { ApiClient, eventually } from '../system/api-client.ts'
import { createProject, RunningGemba, type TestProject } from '../system/running-gemba.ts'
import { freePort } from '../../runtime/free-port.ts'
import { startTemporal } from '../temporal-server.ts'

const limit = 180_000
const program = new URL('../../scripts/gemba.mjs', import.meta.url).pathname

type Finished = TestContext['onTestFinished']

async function projectWith(onTestFinished: Finished, lines: readonly string[] = []): Promise<TestProject> {
  const project = await createProject({ timing: { restart: [200] } })
  onTestFinished(() => project.release())
  await appendFile(join(project.folder, '.gemba', 'gemba.toml'), `${lines.join('\n')}\n`)
  return project
}

/** Starts `gemba serve` and does not wait until it is up; its API once it answers. */
async function startedSoon(onTestFinished: Finished, project: TestProject): Promise<ApiClient> {
  const starting = RunningGemba.start(project)
  onTestFinished(async () => void (await (await starting).stop()))
  starting.catch(() => undefined)
  const api = new ApiClient(`http://127.0.0.1:${project.port}`, join(project.folder, '.gemba', 'data', 'token'))
  await eventually('the API answers', () => api.get('/capabilities'), 60_000)
  return api
}

async function serve(project: TestProject): Promise<{ code: number; said: string }> {
  const listen = `127.0.0.1:${project.port}`
  const { code, stderr } = await exec(process.execPath, [
    program,
    'serve',
    project.folder,
    '--listen',
    listen,
    '--no-open',
  ])
  return { code, said: stderr }
}

async function healthOf(api: ApiClient): Promise<{ ok: boolean; parts: Record<string, { ok: boolean; why: string }> }> {
  return (await fetch(`${api.base}/healthz`)).json() as never
}

describe.concurrent('a start into trouble', () => {
  it('a port in use: says which, and leaves nothing running', async ({ expect, onTestFinished }) => {
    const project = await projectWith(onTestFinished)
    const server = await listenOn(project.port)
    onTestFinished(() => void server.close())
    const { code, said } = await serve(project)
    expect(code).toBe(4)
    expect(said).toContain(`port_in_use: Port ${project.port} is in use`)
    expect(said).toContain('--listen')
  })

  it.for<[string, string, RegExp]>([
    ['gemba.toml', '[project\nid = "test"\n', /config_invalid: \S+gemba\.toml:1:\d+: this is not TOML/],
    ['gemba.toml', '[project]\nid = "Test"\n', /config_invalid: \S+gemba\.toml:2: project\.id/],
    [
      'gemba.toml',
      '[project]\nid = "test"\n[limits]\nmax_session = 3\n',
      /gemba\.toml:4: unknown key .*did you mean limits\.max_sessions\?/,
    ],
    ['agents.toml', '[[agent]]\nname = "a"\ncommand = "x\n', /config_invalid: \S+agents\.toml:3:\d+: this is not TOML/],
    [
      'agents.toml',
      '[[agent]]\nname = "a"\ncommand = "x"\nmax_paralel = 2\n',
      /agents\.toml:4: unknown key .*did you mean .*max_parallel\?/,
    ],
  ])('a broken %s (%j): file, line and what is wrong', async ([file, text, told], { expect, onTestFinished }) => {
    const project = await projectWith(onTestFinished)
    await writeFile(join(project.folder, '.gemba', file), text)
    const { code, said } = await serve(project)
    expect(code).toBe(1)
    expect(said).toMatch(told)
  })

  it(
    'without Dolt: the console is there, says what is missing, and all comes when Dolt comes',
    async ({ expect, onTestFinished }) => {
      const dolt = await startDoltServer()
      onTestFinished(() => dolt.release())
      await createBeads({ host: dolt.host, port: dolt.port, user: dolt.user, database: 'late', prefix: 'tp' })
      await dolt.kill()
      const project = await projectWith(onTestFinished, ['[beads]', `url = "mysql://root@127.0.0.1:${dolt.port}/late"`])
      const api = await startedSoon(onTestFinished, project)
      const page = await fetch(`${api.base}/`, { headers: { authorization: `Bearer ${api.token}` } })
      expect(page.status).toBeLessThan(404)
      await expect(api.create({ title: 'Too early' })).rejects.toMatchObject({
        status: 503,
        code: 'work_plane_unavailable',
      })
      await expect(api.bead('tp-1')).rejects.toMatchObject({ code: 'work_plane_unavailable' })
      expect(await api.beads()).toEqual([])
      const health = await healthOf(api)
      expect(health.parts['beads']).toMatchObject({ ok: false, why: expect.stringContaining('can not be reached') })
      await dolt.restart()
      const bead = await eventually('Dolt is found', () => api.create({ title: 'Now' }))
      await eventually('it is listed', async () => (await api.beads()).some((known) => known.id === bead.id))
      await eventually('the host is online', async () => (await api.hosts()).some((known) => known.status === 'online'))
      await api.start(bead.id)
      await eventually('it is done', async () => (await api.bead(bead.id)).status === 'closed', 120_000)

      await dolt.kill()
      await expect(api.bead(bead.id)).rejects.toMatchObject({ status: 503, code: 'work_plane_unavailable' })
      await expect(api.create({ title: 'Lost?' })).rejects.toMatchObject({ code: 'work_plane_unavailable' })
      expect((await api.beads()).map((known) => known.id)).toEqual([bead.id])
      await eventually('it is told', async () => (await healthOf(api)).parts['beads']?.ok === false)
      await dolt.restart()
      await eventually('Dolt is found again', () => api.bead(bead.id))
      await eventually('it is told', async () => (await healthOf(api)).parts['beads']?.ok === true)
      expect((await api.beads()).map((known) => known.title)).toEqual(['Now'])
      const kinds = (await api.events()).filter(({ body }) => body.kind === 'work-plane.changed')
      expect(kinds.map(({ body }) => body.kind === 'work-plane.changed' && body.healthy)).toEqual([
        false,
        true,
        false,
        true,
      ])
    },
    limit,
  )

  it(
    'without Temporal: beads are read and edited, starting says why not, and it starts when Temporal comes',
    async ({ expect, onTestFinished }) => {
      const address = `127.0.0.1:${await freePort()}`
      const project = await projectWith(onTestFinished, ['[temporal]', `address = "${address}"`, 'namespace = "gemba"'])
      const api = await startedSoon(onTestFinished, project)
      const bead = await eventually('a bead is made', () => api.create({ title: 'Without Temporal' }))
      expect((await api.bead(bead.id)).title).toBe('Without Temporal')
      await expect(api.start(bead.id)).rejects.toMatchObject({ status: 503, code: 'temporal_unavailable' })
      expect(await api.bead(bead.id)).toMatchObject({ status: 'open', assignee: null })
      expect((await healthOf(api)).parts['temporal']).toMatchObject({ ok: false })
      const temporal = await startTemporal(Number(address.split(':')[1]))
      onTestFinished(() => temporal.release())
      await eventually('the host is online', async () => (await api.hosts()).some((known) => known.status === 'online'))
      await api.start(bead.id)
      await eventually('it is done', async () => (await api.bead(bead.id)).status === 'closed', 120_000)
      expect(await api.sessions()).toHaveLength(1)

      const later = await api.create({ title: 'After Temporal' })
      await temporal.release()
      await expect(api.start(later.id)).rejects.toMatchObject({ status: 503, code: 'temporal_unavailable' })
      expect(await api.bead(later.id)).toMatchObject({ status: 'open', assignee: null })
    },
    limit,
  )
})

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
