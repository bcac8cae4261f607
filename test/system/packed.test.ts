import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exec, run, start } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { root } from '../../scripts/node24.mjs'

let base: string
let project: string
let gemba: string
const env = (): NodeJS.ProcessEnv => ({ ...process.env, XDG_STATE_HOME: join(base, 'state'), GEMBA_DATA: '' })

/** The package as `npm pack` makes it, installed by npm into a folder of its own, far from this checkout. */
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-packed-')))
  const installed = join(base, 'installed')
  mkdirSync(installed)
  const patient = { timeout: 500_000 }
  // Building it again would take the files from under other tests.
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', base], { cwd: root, ...patient })
  const [tarball = ''] = readdirSync(base).filter((name) => name.endsWith('.tgz'))
  writeFileSync(join(installed, 'package.json'), '{ "private": true }')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await run('npm', ['install', ...quiet, join(base, tarball)], { cwd: installed, ...patient })
  gemba = join(installed, 'node_modules', '.bin', 'gemba')
  project = join(base, 'my project')
  const as = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
  await run('git', ['init', '-q', '-b', 'main', project])
  await run('git', ['-C', project, ...as, 'commit', '-q', '--allow-empty', '-m', 'Begin'])
}, 600_000)

afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))

test('the installed command makes a project, looks at the machine, and serves until it is told to stop', async () => {
  const version = await run(gemba, ['--version'], { cwd: project, env: env() })
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/)
  const made = await run(gemba, ['init', '--no-input', '--json'], { cwd: project, env: env() })
  expect(JSON.parse(made)).toMatchObject({ folder: project, project: 'my-project' })

  const examined = await exec(gemba, ['doctor', '--json'], { cwd: project, env: env() })
  const { checks } = JSON.parse(examined.stdout) as { checks: { id: string; status: string }[] }
  const statusOf = (id: string): string | undefined => checks.find((check) => check.id === id)?.status
  expect(['git', 'temporal', 'dolt', 'config', 'repository my-project'].map(statusOf)).toEqual(Array(5).fill('ok'))

  const served = start(gemba, ['serve', '--json', '--listen', `127.0.0.1:${await freePort()}`], {
    cwd: project,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(served, 'close')
  const said: string[] = []
  try {
    const url = await new Promise<string>((resolve, reject) => {
      for (const stream of [served.stdout, served.stderr]) {
        createInterface({ input: stream ?? process.stdin }).on('line', (line) => {
          said.push(line)
          if (line.includes('"event":"ready"')) resolve((JSON.parse(line) as { url: string }).url)
        })
      }
      void exited.then(() => reject(new Error(said.join('\n'))))
    })
    const page = await fetch(url.split('#', 1)[0] ?? '')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="app">')
    const health = await fetch(new URL('/healthz', url))
    expect(health.status).toBe(200)
  } finally {
    served.kill('SIGTERM')
    await exited
  }
  expect(served.exitCode, said.join('\n')).toBe(0)
}, 300_000)
