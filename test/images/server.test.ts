/** The standard image without its base: what the Dockerfile puts into it, and its entry, run as they are in a container. */
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import type { BeadSummary } from '../../model/bead.ts'
import type { ModeStatus } from '../../model/mode.ts'
import { exec, run, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { startDoltServer } from '../dolt-server.ts'
import { eventually } from '../system/api-client.ts'
import { makeApp } from './app-folder.ts'
import { programsOf, stage } from './dockerfile.ts'
import { makeServedFolder } from './served-folder.ts'

const image = stage('standard')
const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
const { gemba: service } = (parse(compose) as { services: Record<string, { stop_grace_period: string }> }).services

/** What stands for the root of the container. */
let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-server-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  for (const folder of ['bin', 'data', 'work']) mkdirSync(join(root, folder))
  makeApp(join(root, 'app'))
  for (const [name, target] of Object.entries(programsOf(image))) {
    if (target.startsWith('/app/')) symlinkSync(join(root, target), join(root, 'bin', name))
  }
})

/** The environment of the container; its other programs are those of this machine. */
function environment(port: number, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const set = Object.entries(image.env).map(([name, value]) => [name, value.replace(/^\/data/, join(root, 'data'))])
  const programs = [process.execPath, locateTool('dolt'), locateTool('temporal'), locateTool('git')]
  const path = [join(root, 'bin'), ...programs.map((each) => dirname(each)), '/usr/bin', '/bin']
  return { PATH: path.join(':'), ...Object.fromEntries(set), GEMBA_LISTEN: `127.0.0.1:${port}`, ...env }
}

const inApp = (words: readonly string[]): string[] => words.map((word) => word.replace(/^\/app/, join(root, 'app')))
/** The entry without tini, which passes signals on. */
const entry = (): string[] => inApp(image.list('ENTRYPOINT').slice(2))

/** `docker run` with these arguments. */
async function runOnce(...args: string[]): Promise<string> {
  const [program = ''] = entry()
  return run(program, args, { cwd: join(root, 'work'), env: environment(await freePort(), {}) })
}

/** `docker compose up`; `stop` is `docker compose stop`, which kills what has not ended after the grace. */
async function up(env: NodeJS.ProcessEnv = {}) {
  const port = await freePort()
  const options = { cwd: join(root, 'work'), env: environment(port, env) }
  const [program = ''] = entry()
  const child = start(program, [], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => void (said += chunk.toString()))
  const over = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const stop = async () => {
    child.kill('SIGTERM')
    const grace = setTimeout(() => child.kill('SIGKILL'), Number.parseInt(service?.stop_grace_period ?? '') * 1_000)
    const [code, signal] = await over
    clearTimeout(grace)
    return { code, signal }
  }
  onTestFinished(async () => void (await stop()))
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const [first] = await Promise.race([once(lines, 'line') as Promise<[string]>, over])
  if (typeof first !== 'string') throw new Error(`the server ended: ${said}`)
  const url = new URL(first)
  const token = url.hash.replace('#token=', '')
  const ask = (path: string, authorization?: string): Promise<Response> =>
    fetch(new URL(path, url), authorization === undefined ? {} : { headers: { authorization } })
  const get = async <T>(path: string): Promise<T> =>
    (await ask(`/api/v1${path}`, `Bearer ${token}`)).json() as Promise<T>
  const [checker = '', ...check] = inApp(image.list('HEALTHCHECK'))
  const isWell = async () => (await exec(checker, check, options)).code === 0
  return { port, url, ask, get, isWell, stop, said: () => said }
}

it('serves a project without agents and demo data, is well, asks for the token, and ends within its grace', async () => {
  const work = join(root, 'work')
  const as = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
  await run(locateTool('git'), ['init', '-q', '-b', 'main', work])
  await run(locateTool('git'), ['-C', work, ...as, 'commit', '-q', '--allow-empty', '-m', 'Begin'])
  await runOnce('init')
  expect(existsSync(join(work, '.gemba', 'gemba.toml'))).toBe(true)
  const server = await up()
  expect(server.url.port).toBe(String(server.port))
  await eventually('it is well', async () => {
    const health = (await (await server.ask('/healthz')).json()) as { ok: boolean }
    return health.ok && (await server.isWell())
  })
  for (const wrong of [undefined, 'Bearer wrong']) expect((await server.ask('/api/v1/beads', wrong)).status).toBe(401)
  expect(await server.get<ModeStatus>('/status')).toMatchObject({ mode: 'full' })
  expect((await server.get<{ items: BeadSummary[] }>('/beads')).items).toEqual([])
  expect(await server.get('/hosts')).toMatchObject({ items: [] })
  expect(existsSync(join(root, 'data', 'example-project'))).toBe(false)
  expect(await server.stop()).toEqual({ code: 0, signal: null })
  expect(await server.isWell()).toBe(false)
}, 180_000)

it('is in Beads-only mode on the folder that the variables name, read-only where they say so', async () => {
  const dolt = await startDoltServer()
  onTestFinished(() => dolt.release())
  const folder = join(root, 'work')
  await makeServedFolder(folder, dolt, 'shop')
  const variables = { GEMBA_BEADS_ONLY: 'true', GEMBA_BEADS_DIR: folder }
  const writable = await up(variables)
  const source = { kind: 'beads_dir', display: folder }
  expect(await writable.get<ModeStatus>('/status')).toMatchObject({
    mode: 'beads_only',
    source,
    privilege: 'read_write',
  })
  expect(await writable.isWell()).toBe(true)
  expect((await writable.ask('/api/v1/beads')).status).toBe(401)
  expect(await writable.stop()).toEqual({ code: 0, signal: null })
  const reading = await up({ GEMBA_BEADS_READ_ONLY: 'true', GEMBA_BEADS_DIR: folder })
  expect(await reading.get<ModeStatus>('/status')).toMatchObject({ mode: 'beads_only', source, beads_read_only: true })
  expect(await reading.stop()).toEqual({ code: 0, signal: null })
}, 120_000)

it.each(['gemba-state', 'gemba-ask'])('has %s, which is run by its name', async (name) => {
  const { code, stderr } = await exec(join(root, 'bin', name), [], { env: environment(1, {}) })
  expect([code, stderr]).toEqual([2, expect.stringContaining(`usage: ${name} `)])
})

it('has gemba-bridge, which has nothing to do outside a pane', async () => {
  const { code, stderr } = await exec(join(root, 'bin', 'gemba-bridge'), [], { env: environment(1, {}) })
  expect([code, stderr]).toEqual([0, ''])
})
