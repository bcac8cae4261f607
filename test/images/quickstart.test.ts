import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readExample } from '../../agent/scripted/example.ts'
import { exampleFolder } from '../../workers/example-seed.ts'
import type { BeadDetail, BeadSummary } from '../../model/bead.ts'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { run, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { findTool, locateTool } from '../../runtime/tools/locate.ts'
import { makeBdFolder } from '../bd/bd-folder.ts'
import { filesProblem } from '../bd/bd-program.ts'
import { answeringBd, doubleBd } from '../bd/double-bd.ts'
import { startDoltServer } from '../dolt-server.ts'
import { makeServedFolder } from './served-folder.ts'

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

/** The entry script as the image runs it; without more said in a container without `bd`, where Dolt keeps the example. */
async function quickstart(env: NodeJS.ProcessEnv = {}, keeper = dirname(locateTool('dolt'))) {
  const port = await freePort()
  const path = [commands, dirname(process.execPath), keeper, '/usr/bin', '/bin'].join(':')
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

/** A folder with a double of `bd`: it keeps what it imports as it is, and writes down what it is asked. */
async function doubleOfBd(): Promise<{ readonly folder: string; readonly asked: () => string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'gemba-bd-of-quickstart-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  const script = `#!/bin/sh
echo "$*" >> "${folder}/asked"
case "$1 $2" in
  version*) echo '{"version":"1.0.3","schema_version":1}';;
  init*) mkdir .beads; echo '{"dolt_mode":"embedded","dolt_database":"mp"}' > .beads/metadata.json;;
  config?set) : > .beads/issues.jsonl;;
  config*) echo '{"issue_prefix":"mp","schema_version":1}';;
  statuses*|types*) echo '{"schema_version":1}';;
  import*) [ -e "${folder}/away" ] && exit 1; cp "$2" .beads/imported;;
  export*) cat "$BEADS_DIR/imported";;
  *) echo '[]';;
esac
`
  await writeFile(join(folder, 'bd'), script, { mode: 0o755 })
  return { folder, asked: () => readFileSync(join(folder, 'asked'), 'utf8').split('\n') }
}

/** Starts it in an image without Dolt, where this `bd` keeps the example, and again. */
async function expectKeptByBd(folder: string): Promise<void> {
  const first = await quickstart({}, folder)
  expect(first.said()).toContain(`seeding the example with bd into ${data}/example-project`)
  expect(await first.get('/status')).toMatchObject({
    mode: 'beads_only',
    source: { kind: 'beads_dir', display: join(data, 'example-project') },
    manifest_path: join(data, 'session-manifest.jsonl'),
  })
  const ids = async () => (await first.get<{ items: BeadSummary[] }>('/beads?limit=1000')).items.map(({ id }) => id)
  const { beads } = await readExample(exampleFolder())
  await vi.waitFor(async () => expect((await ids()).sort()).toEqual(beads.map(({ id }) => id).sort()), {
    ...{ timeout: 60_000, interval: 200 },
  })
  // It would bring back old states of beads.
  expect(existsSync(join(data, 'example-project', '.beads', 'issues.jsonl'))).toBe(false)
  expect(await first.stop()).toBe(0)
  const second = await quickstart({}, folder)
  expect([second.token, second.said().includes('seeding')]).toEqual([first.token, false])
  expect(await second.stop()).toBe(0)
}

it('has bd keep the example in an image without Dolt, begins a first start anew that broke off, and goes on with it', async () => {
  const { folder, asked } = await doubleOfBd()
  await writeFile(join(folder, 'away'), '')
  await expect(quickstart({}, folder)).rejects.toThrow('seeding the example with bd')
  await rm(join(folder, 'away'))
  await expectKeptByBd(folder)
  const { prefix } = JSON.parse(readFileSync(join(exampleFolder(), 'seed.json'), 'utf8')) as { prefix: string }
  const init = `init --prefix=${prefix} --skip-agents --skip-hooks --non-interactive --quiet`
  const seeding = [init, 'config set export.auto false', 'import seed.jsonl']
  expect(asked().filter((each) => /^(init|config set|import)/.test(each))).toEqual([...seeding, ...seeding])
})

const noFiles = await filesProblem()
it.skipIf(noFiles !== undefined)(
  `is the same with the bd that is here${noFiles === undefined ? '' : `: ${noFiles}`}`,
  () => expectKeptByBd(dirname(findTool('bd') ?? '')),
)

it('says what is missing in an image that has neither', async () => {
  await expect(quickstart({}, '/nowhere')).rejects.toThrow('neither bd nor dolt was found')
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

/** That an edit through it reaches the mounted folder, and that nothing of an example is made anywhere. */
async function expectMounted(
  folder: string,
  running: Awaited<ReturnType<typeof quickstart>>,
  bead: string,
): Promise<void> {
  expect(await running.get('/status')).toMatchObject({
    mode: 'beads_only',
    source: { kind: 'beads_dir', display: folder },
    privilege: 'read_write',
    manifest_path: join(data, 'session-manifest.jsonl'),
  })
  expect(await running.get('/beads')).toMatchObject({ items: [{ id: bead }] })
  expect((await running.change('PATCH', `/beads/${bead}`, { title: 'Ours' })).status).toBe(200)
  expect(await running.stop()).toBe(0)
  expect(running.said()).not.toContain('seeding')
  expect(existsSync(join(data, 'example-project'))).toBe(false)
  // All that it keeps itself is in /data.
  expect(await readdir(folder)).toEqual(['.beads'])
  expect(readFileSync(join(data, 'session-manifest.jsonl'), 'utf8')).toContain('"work_item.edited"')
}

it('takes the mounted folder that is named instead, whose database a Dolt server keeps', async () => {
  const server = await startDoltServer()
  ends.push(() => server.release())
  const folder = join(commands, '..', 'work')
  await makeServedFolder(folder, server, 'shop')
  const { host, port, user } = server
  const plane = await openBeads({ host, port, user, database: 'shop' })
  ends.push(() => plane.disconnect())
  await plane.create({ title: 'Theirs', id: 'shop-1' }, { actor: { name: 'Ada', via: 'console' } })
  await expectMounted(folder, await quickstart({ GEMBA_BEADS_DIR: folder }), 'shop-1')
  expect((await plane.get('shop-1')).title).toBe('Ours')
  const again = await quickstart({ GEMBA_BEADS_DIR: folder, GEMBA_BEADS_READ_ONLY: 'true' })
  expect((await again.change('PATCH', '/beads/shop-1', { title: 'Never' })).status).toBe(403)
  expect(await again.stop()).toBe(0)
})

/** Keeps one bead, of which it can change the title. */
const changingBd = `
bead() { echo '[{"id":"gm-1","title":"'$(cat "$ROOT/title")'","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]'; }
case "$1" in
  update) for each in "$@"; do case "$each" in --title=*) printf '%s' "\${each#--title=}" > "$ROOT/title";; esac; done; bead; exit;;
  show) bead; exit;;
esac
${answeringBd()}`

it('takes a mounted folder whose database bd keeps in files', async () => {
  const double = await doubleBd(changingBd)
  ends.push(() => double.release())
  await writeFile(join(double.root, 'title'), 'Theirs')
  const folder = join(commands, '..', 'work')
  await cp(join(double.root, '.beads'), join(folder, '.beads'), { recursive: true })
  await expectMounted(folder, await quickstart({ GEMBA_BEADS_DIR: folder }, double.root), 'gm-1')
  expect(readFileSync(join(double.root, 'title'), 'utf8')).toBe('Ours')
})

it.skipIf(noFiles !== undefined)(
  `takes the same with the bd that is here${noFiles === undefined ? '' : `: ${noFiles}`}`,
  async () => {
    const made = await makeBdFolder()
    ends.push(() => made.release())
    const folder = join(commands, '..', 'work')
    await cp(made.folder.beads, join(folder, '.beads'), { recursive: true })
    const bd = (...args: string[]): Promise<string> =>
      run(findTool('bd') ?? '', args, { cwd: folder, env: { ...made.env, BD_NON_INTERACTIVE: '1' } })
    await bd('create', 'Theirs', '--id=gm-1')
    await expectMounted(folder, await quickstart({ GEMBA_BEADS_DIR: folder }, dirname(findTool('bd') ?? '')), 'gm-1')
    expect(JSON.parse(await bd('show', 'gm-1', '--json'))).toMatchObject([{ title: 'Ours' }])
  },
)
