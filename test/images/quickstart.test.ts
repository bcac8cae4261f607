import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readExample } from '../../agent/scripted/example.ts'
import { exampleFolder } from '../../workers/example-seed.ts'
import type { BeadDetail, BeadSummary } from '../../model/bead.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { startDoltServer } from '../dolt-server.ts'

const script = fileURLToPath(new URL('../../deploy/quickstart.sh', import.meta.url))
const gemba = fileURLToPath(new URL('../../cli/gemba.ts', import.meta.url))

/** What stands for `/data`, with a space as on macOS. */
let data: string
let commands: string
const ends: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), 'gemba-quickstart-'))
  ends.push(() => rm(base, { recursive: true, force: true }))
  data = join(base, 'the data')
  commands = join(base, 'bin')
  await mkdir(commands)
  await writeFile(join(commands, 'gemba'), `#!/bin/sh\nexec "${process.execPath}" "${gemba}" "$@"\n`)
  await chmod(join(commands, 'gemba'), 0o755)
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** The entry script as the image runs it, in a container without `bd`: Dolt keeps the example. */
async function quickstart(env: NodeJS.ProcessEnv = {}) {
  const port = await freePort()
  const path = [commands, dirname(process.execPath), dirname(locateTool('dolt')), '/usr/bin', '/bin'].join(':')
  const child = start('bash', [script], {
    cwd: commands,
    env: {
      PATH: path,
      HOME: join(data, 'home'),
      GEMBA_QUICKSTART_DATA: data,
      GEMBA_QUICKSTART_DOLT_PORT: String(await freePort()),
      GEMBA_LISTEN: `127.0.0.1:${port}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => void (said += chunk.toString()))
  const over = once(child, 'close') as Promise<[number | null]>
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return (await over)[0]
  }
  ends.push(stop)
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const first = await Promise.race([once(lines, 'line') as Promise<[string]>, over])
  if (typeof first[0] !== 'string') throw new Error(`the quickstart ended: ${said}`)
  const url = new URL(first[0])
  const token = url.hash.replace('#token=', '')
  const call = async (at: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(`/api/v1${at}`, url), {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    })
  const get = async <T>(at: string): Promise<T> => (await call(at)).json() as Promise<T>
  const change = async (method: string, at: string, body: object): Promise<Response> => {
    const ask = { method, path: `/api/v1${at}`, body }
    const { nonce } = (await (await call('/nonces', { method: 'POST', body: JSON.stringify(ask) })).json()) as {
      nonce: string
    }
    return call(at, { method, body: JSON.stringify(body), headers: { 'x-gemba-confirm': nonce } })
  }
  return { url, token, get, change, stop, said: () => said }
}

it('seeds the example of `npm start` into an empty folder, keeps all there, and goes on with it', async () => {
  const first = await quickstart()
  expect(first.said()).toContain(`seeding the example with Dolt into ${data}/example-project`)
  const example = await readExample(exampleFolder())
  const ids = async () => (await first.get<{ items: BeadSummary[] }>('/beads?limit=1000')).items.map(({ id }) => id)
  await vi.waitFor(async () => expect(await ids()).toHaveLength(example.beads.length), {
    timeout: 20_000,
    interval: 200,
  })
  expect((await ids()).sort()).toEqual(example.beads.map(({ id }) => id).sort())
  for (const {
    id,
    title,
    type,
    priority,
    description,
    acceptance = '',
    labels = [],
    parent = null,
    ...rest
  } of example.beads) {
    const bead = await first.get<BeadDetail>(`/beads/${id}`)
    expect(bead).toMatchObject({ title, type, priority, description, acceptance, parent, labels: [...labels].sort() })
    expect(bead.estimatedMinutes).toBe(rest.estimatedMinutes ?? null)
    const edges = bead.dependencies.filter(({ kind }) => kind !== 'parent-child').map(({ to, kind }) => `${to} ${kind}`)
    expect(edges.sort()).toEqual((rest.dependencies ?? []).map(({ to, kind }) => `${to} ${kind}`).sort())
  }
  expect(await first.get('/status')).toMatchObject({
    mode: 'beads_only',
    manifest_path: join(data, 'session-manifest.jsonl'),
    beads_read_only: false,
  })
  expect((await first.change('PATCH', '/beads/mp-1', { title: 'Ours' })).status).toBe(200)
  expect(await first.stop()).toBe(0)
  expect(readFileSync(join(data, 'session-manifest.jsonl'), 'utf8')).toContain('"work_item.edited"')

  const second = await quickstart({ GEMBA_BEADS_READ_ONLY: 'true' })
  expect(second.token).toBe(first.token)
  expect(second.said()).not.toContain('seeding')
  expect(await second.get('/beads/mp-1')).toMatchObject({ title: 'Ours' })
  const refused = await second.change('PATCH', '/beads/mp-1', { title: 'Theirs' })
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'read_only'])
  expect(await second.stop()).toBe(0)
})

it('takes a database that is named instead, and seeds nothing', async () => {
  const server = await startDoltServer()
  ends.push(() => server.release())
  const { host, port, user } = server
  await createBeads({ host, port, user, database: 'shop', prefix: 'shop' })
  const running = await quickstart({ GEMBA_BEADS_URL: `mysql://${user}@${host}:${port}/shop` })
  expect(await running.get('/beads')).toMatchObject({ items: [] })
  expect(await running.get('/status')).toMatchObject({ source: { kind: 'url' } })
  expect(await running.stop()).toBe(0)
  expect(existsSync(join(data, 'example-project'))).toBe(false)
  expect(await readdir(data)).toEqual(expect.arrayContaining(['gemba', 'session-manifest.jsonl']))
})
