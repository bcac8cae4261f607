/** The minimal image without its base: what the Dockerfile puts into it, in an empty folder, started as it says. */
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { exec, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { startDoltServer } from '../dolt-server.ts'
import { ApiClient, eventually } from '../system/api-client.ts'
import { makeApp } from './app-folder.ts'
import { stage } from './dockerfile.ts'

const image = stage('minimal')

const ofNode = (words: readonly string[]): string[] =>
  words.map((word) => word.replace('/nodejs/bin/node', process.execPath))

it('serves the database that a variable names, keeps all below `/data`, and says that it is well as long as it is', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-minimal-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const dolt = await startDoltServer()
  onTestFinished(() => dolt.release())
  await createBeads({ host: dolt.host, port: dolt.port, user: dolt.user, database: 'shop', prefix: 'shop' })
  const [app, data, port] = [join(base, 'app'), join(base, 'data'), await freePort()]
  makeApp(app)
  mkdirSync(data)
  const set = Object.entries(image.env).map(([name, value]) => [name, value.replace('/data', data)])
  const env = {
    ...(Object.fromEntries(set) as Record<string, string>),
    GEMBA_LISTEN: `127.0.0.1:${port}`,
    GEMBA_BEADS_URL: `mysql://${dolt.user}@${dolt.host}:${dolt.port}/shop`,
  }
  // No PATH: there is no other program in that image.
  const [program = '', ...args] = ofNode([...image.list('ENTRYPOINT'), ...image.list('CMD')])
  const [checker = '', ...check] = ofNode(image.list('HEALTHCHECK'))
  const isWell = async () => (await exec(checker, check, { cwd: app, env })).code === 0
  expect(await isWell()).toBe(false)
  const child = start(program, args, { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const over = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await over
  })
  const [printed] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string]
  expect(printed).toMatch(new RegExp(`^http://(127\\.0\\.0\\.1|localhost):${port}/#token=`))
  const api = new ApiClient(`http://127.0.0.1:${port}`, join(data, 'gemba', 'token'))
  await eventually('it is well', isWell)
  expect(await api.get<ModeStatus>('/status')).toMatchObject({
    mode: 'beads_only',
    source: { kind: 'url' },
    privilege: 'read_write',
  })
  expect((await api.create({ title: 'Made' })).title).toBe('Made')
  const { manifest, manifest_path } = await api.get<ModeStatus>('/status')
  expect([manifest.status, manifest_path]).toEqual(['ok', join(data, 'session-manifest.jsonl')])
  expect(existsSync(join(app, '.gemba'))).toBe(false)
  child.kill('SIGTERM')
  expect((await over)[0]).toBe(0)
  expect(await isWell()).toBe(false)
  expect(existsSync(join(data, 'gemba', 'token'))).toBe(true)
}, 120_000)
