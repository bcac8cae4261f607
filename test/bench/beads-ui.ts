import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { run, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { findProgram, findTool } from '../../runtime/tools/locate.ts'
import { openBd } from '../bd/bd-program.ts'
import { eventually } from '../system/api-client.ts'
import type { Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
import type { Finding } from './measure.ts'

const wanted = 'beads-ui@0.12.0'
const rounds = 3
const views = [
  { view: 'issues', row: '.issue-row' },
  { view: 'board', row: '.board-card' },
] as const

/** The npm package `beads-ui` on the same database, where it can be installed and `bd` is there; else why not. */
export async function besideBeadsUi(bench: Bench, login: BeadsLogin, ours: number): Promise<Finding[]> {
  try {
    return await measured(bench, login, ours)
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return [{ what: `${wanted} painted`, unit: 'ms', samples: [], note: `could not be run: ${why}` }]
  }
}

async function measured(bench: Bench, login: BeadsLogin, ours: number): Promise<Finding[]> {
  const bd = await openBd(login)
  bench.onClose(() => bd?.release())
  const [program, npm] = [findTool('bd'), findProgram('npm')]
  if (bd === undefined || program === undefined) throw new Error('it reads with bd, which is not on PATH')
  if (npm === undefined) throw new Error('npm is not on PATH')
  const place = await mkdtemp(join(tmpdir(), 'gemba-beads-ui-'))
  bench.onClose(() => rm(place, { recursive: true, force: true }))
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-save']
  await run(npm, ['install', '--prefix', place, ...quiet, wanted], { timeout: 60_000 })
  const installed = join(place, 'node_modules', 'beads-ui')
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string }
  const port = await freePort()
  const env = { ...environmentOf(login, bd.folder), BD_BIN: program }
  const server = join(installed, 'server', 'index.js')
  const child = start(process.execPath, [server, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: bd.folder,
    stdio: 'ignore',
    env,
  })
  const ended = once(child, 'close')
  bench.onClose(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const base = `http://127.0.0.1:${port}/`
  await eventually('beads-ui answers', async () => (await fetch(base).catch(() => undefined))?.ok === true)
  const findings: Finding[] = []
  for (const { view, row } of views) findings.push(await paintedView(bench, `${base}#/${view}`, row, version, ours))
  return findings
}

async function paintedView(bench: Bench, address: string, row: string, version: string, ours: number) {
  const samples: number[] = []
  let rows = 0
  for (let n = 0; n < rounds; n += 1) {
    const context = await bench.profile()
    const { page, took } = await openAndPaint(context, address, row, 60)
    samples.push(took)
    await page.waitForTimeout(1_000)
    rows = await page.locator(row).count()
    await context.close()
  }
  const view = address.slice(address.indexOf('#/') + 2)
  const note = `it shows ${rows} of the beads`
  return {
    ...{ what: `beads-ui ${version}: ${view} painted`, unit: 'ms', samples, note },
    against: { what: 'ours', median: ours },
  } satisfies Finding
}

function environmentOf(login: BeadsLogin, folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    BEADS_DIR: join(folder, '.beads'),
    BD_NON_INTERACTIVE: '1',
    BEADS_DOLT_AUTO_START: '0',
    BEADS_DOLT_SERVER_HOST: login.host,
    BEADS_DOLT_SERVER_PORT: String(login.port),
    BEADS_DOLT_SERVER_USER: login.user,
    BEADS_DOLT_PASSWORD: login.password ?? '',
  }
}
