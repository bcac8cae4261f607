import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { waitForLock } from '../runtime/file-lock.ts'
import type { Report } from '../runtime/terminal.ts'
import { requireRoom } from '../runtime/tools/room.ts'
import { relay, root } from './node24.mjs'

/** Runs `step` while no other set-up of this checkout runs. */
export async function alone<Result>(report: Report, step: () => Promise<Result>): Promise<Result> {
  const lock = await waitForLock(join(root, '.cache', 'setup'), 'set-up', {
    waiting: (holder) => report.line(`Another set-up is running (process ${holder.pid}); waiting for it.`),
  })
  try {
    return await step()
  } finally {
    lock.release()
  }
}

/** What they take, npm's cache included. */
const dependencyBytes = 900_000_000

/** Installs the dependencies when `node_modules` is not what the lock file says. */
export async function installDependencies(report: Report): Promise<void> {
  if (isInstalled()) return
  requireRoom({ what: 'npm ci', bytes: dependencyBytes, folder: root })
  report.line('dependencies: installing them with npm ci.')
  rmSync(join(root, 'node_modules', '.package-lock.json'), { force: true })
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const code = await relay('npm', ['ci', ...quiet], { cwd: root, stdio: ['ignore', 2, 'inherit'] })
  if (code !== 0) throw new Error('npm ci failed; see its lines above, mend the cause and start again.')
}

interface LockFile {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
}

/** npm notes beside the packages what it installed; compared package by package with the lock file. */
function isInstalled(): boolean {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = readLock(join(root, 'package-lock.json'))
  const found = readLock(installed)
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional === true || found[path]?.version === version,
  )
}

function readLock(file: string): NonNullable<LockFile['packages']> {
  return (JSON.parse(readFileSync(file, 'utf8')) as LockFile).packages ?? {}
}
