import { join } from 'node:path'
import { consoleUrl, openBrowser } from '../cli/console-url.ts'
import { exitCodeOf, printError } from '../cli/output.ts'
import { startedByVariable } from '../cli/serve-options.ts'
import { dataFolderOf, runningServer, whileServerIs } from '../runtime/data-folder.ts'
import { ownDataRoot } from '../runtime/data-root.ts'
import { createReport } from '../runtime/terminal.ts'
import { relay, root } from './node24.mjs'
import { alone, installDependencies } from './prepare.ts'
import { checkStartOptions, command, help } from './start-options.ts'

/** The other half of `npm start`, on Node 24: dependencies, build, example project, serve. */
async function start(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return 0
  }
  checkStartOptions(args)
  const report = createReport()
  const project = join(root, '.example')
  const data = ownDataRoot(project)
  const opens = !args.includes('--no-open') && (process.env['CI'] ?? '') === ''
  if (await openRunning(project, data, opens)) return 0
  await alone(report, async () => {
    await installDependencies(report)
    const { build } = await import('./build.ts')
    await build(report)
  })
  const env = { ...process.env, [startedByVariable]: command }
  const gemba = ['--enable-source-maps', join(root, 'dist', 'gemba.js')]
  const created = await relay(process.execPath, [...gemba, 'example', project], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (created !== 0) return created
  const passed = args.filter((arg) => arg !== '--no-open' && arg !== '--open')
  const serve = ['serve', project, '--data', data, opens ? '--open' : '--no-open']
  const code = await relay(process.execPath, [...gemba, ...serve, ...passed], { env })
  return code === 4 && (await openRunning(project, data, opens)) ? 0 : code
}

/** How long another start of the example may take; after that this one goes on and hears who is in its way. */
const startWithinMs = 180_000

/** Whether the example is being served already; then its URL is printed, and opened. One that is starting is waited for. */
async function openRunning(project: string, root: string, opens: boolean): Promise<boolean> {
  const data = dataFolderOf(project, root)
  const found = await runningServer(data)
  if (found?.state === 'starting') process.stderr.write(`Gemba is being started (process ${found.pid}); waiting.\n`)
  const running = await whileServerIs('starting', data, startWithinMs)
  if (running?.state !== 'up') return false
  const url = consoleUrl(running.url, data)
  process.stderr.write(`Gemba is already running (process ${running.pid}).\n`)
  process.stdout.write(`${url}\n`)
  if (opens) await openBrowser(url, data)
  return true
}

try {
  process.exitCode = await start(process.argv.slice(2))
} catch (error) {
  printError(error, false)
  process.exitCode = exitCodeOf(error)
}
