import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './exec.ts'
import { grpcServes, sqlGreets } from './service-probes.ts'
import type { DataFolder } from './data-folder.ts'
import type { HiddenAddress } from './hidden-address.ts'
import { secretFile } from './secret.ts'
import type { ChildDescription } from './supervised-child.ts'

/**
 * What makes the embedded server fast and careful (measured, see the architecture guide): without the first setting
 * each step waits for a poll budget of 20 a second; the third bounds how late a timer fires after a laptop slept.
 */
const temporalSettings = [
  'history.transferProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  'history.timerProcessorMaxPollInterval="30s"',
  // The HTTP API that comes with the server would answer any web page; no Host is ever right.
  'frontend.httpAllowedHosts=["refused.invalid"]',
]

/** The service of Temporal that everything of ours speaks to. */
const temporalFrontend = 'temporal.api.workflowservice.v1.WorkflowService'

/** Namespace of the embedded Temporal server. */
export const embeddedNamespace = 'gemba'

/**
 * The embedded Temporal server on a SQLite file of the data folder. Only on the loopback; its web pages know no sign-in,
 * so they are where only the API looks for them.
 */
export function temporalService(
  folder: DataFolder,
  program: string,
  port: number,
  ui: HiddenAddress,
): ChildDescription {
  return {
    name: 'temporal',
    command: program,
    args: [
      ...['server', 'start-dev', '--disable-config-file', '--disable-config-env', '--log-level', 'warn'],
      ...['--ip', '127.0.0.1', '--port', String(port)],
      ...['--ui-ip', ui.host, '--ui-port', String(ui.port), '--ui-public-path', '/temporal'],
      ...['--db-filename', 'temporal.db', '--namespace', embeddedNamespace],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=2'],
      ...temporalSettings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ],
    env: { ...basicEnvironment(), HOME: folder.temporal },
    cwd: folder.temporal,
    needs: [],
    ready: () => grpcServes(port, temporalFrontend),
    readyWithinMs: 60_000,
    alive: () => grpcServes(port, temporalFrontend),
    graceSeconds: 10,
  }
}

/**
 * Looks whether another version of Temporal wrote the file; if so it is copied aside first, since its schema has no
 * way back. Returns the copy's path, or undefined when there was nothing to do.
 */
export async function keepTemporalFile(folder: DataFolder, program: string): Promise<string | undefined> {
  const version = (await run(program, ['--version'], { env: basicEnvironment() })).trim()
  const record = join(folder.temporal, 'version')
  const file = join(folder.temporal, 'temporal.db')
  const before = existsSync(record) ? readFileSync(record, 'utf8').trim() : version
  if (before === version || !existsSync(file)) {
    writeFileSync(record, `${version}\n`)
    return undefined
  }
  const copies = join(folder.temporal, `before-${new Date().toISOString().replace(/[:.]/g, '-')}`)
  mkdirSync(copies, { mode: 0o700 })
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, join(copies, `temporal.db${suffix}`))
  }
  writeFileSync(join(copies, 'version'), `${before}\n`)
  writeFileSync(record, `${version}\n`)
  return join(copies, 'temporal.db')
}

/**
 * A Dolt server over a folder of the project: the loopback only, a password of its own, and no reports to anybody.
 * Its user is `root`.
 */
export function doltService(folder: DataFolder, program: string, port: number): ChildDescription {
  const home = join(folder.dolt, '.home')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  mkdirSync(join(home, '.dolt'), { recursive: true })
  writeFileSync(join(home, '.dolt', 'config_global.json'), JSON.stringify(doltIdentity))
  const config = join(home, 'server.yaml')
  writeFileSync(config, doltConfiguration(folder, port))
  return {
    name: 'dolt',
    command: program,
    args: ['sql-server', '--config', config],
    env: {
      ...basicEnvironment(),
      HOME: home,
      DOLT_ROOT_PATH: home,
      DOLT_ROOT_PASSWORD: secretFile(folder.doltPassword),
      DOLT_DISABLE_EVENT_FLUSH: 'true',
    },
    cwd: folder.dolt,
    needs: [],
    ready: () => sqlGreets(port),
    readyWithinMs: 60_000,
    alive: () => sqlGreets(port),
    graceSeconds: 10,
  }
}

const doltIdentity = {
  'user.name': 'Gemba',
  'user.email': 'gemba@localhost',
  'metrics.disabled': 'true',
  'versioncheck.disabled': 'true',
}

function doltConfiguration(folder: DataFolder, port: number): string {
  return [
    'log_level: warning',
    `data_dir: ${JSON.stringify(folder.dolt)}`,
    `cfg_dir: ${JSON.stringify(join(folder.dolt, '.doltcfg'))}`,
    'listener:',
    '  host: 127.0.0.1',
    `  port: ${port}`,
    '  max_connections: 200',
    'behavior:',
    '  autocommit: true',
    '  dolt_transaction_commit: false',
    '',
  ].join('\n')
}

/** What a program needs of our environment, and nothing that could steer it. */
export function basicEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TMPDIR', 'USER', 'LOGNAME', 'TZ']
  return Object.fromEntries(kept.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])))
}
