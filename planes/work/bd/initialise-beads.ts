import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GembaError } from '../../../model/error.ts'
import { bdProgram } from './bd-program.ts'
import { discoverBeads, requireBeads, type BeadsFolder } from './discover-beads.ts'

export interface InitialiseOptions {
  /** Of the ids of beads, without the dash. */
  readonly prefix: string
  /** A Dolt server that shall keep the database. Default: bd keeps it in files. */
  readonly server?: { readonly host: string; readonly port: number; readonly user: string; readonly database: string }
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Has bd make a Beads database in a folder, or finds the one that is there for it. In a git repository bd adds to
 * `.gitignore` and commits the files of `.beads`; it makes no repository, and writes no instructions for agents and no
 * git hooks. bd's export is turned off: its file would bring back old states of beads that others have changed since,
 * with the next write.
 */
export async function initialiseBeads(folder: string, options: InitialiseOptions): Promise<BeadsFolder> {
  const { prefix, server, env } = options
  const existing = await discoverBeads(folder)
  if (existing !== undefined) return existing
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(prefix) || prefix.endsWith('-')) {
    throw new GembaError('bad_request', { why: `the prefix ${prefix.slice(0, 60)} is not one that ids can begin with` })
  }
  const root = basename(folder) === '.beads' ? dirname(folder) : folder
  const place = {
    beads: join(root, '.beads'),
    root,
    mode: 'embedded',
    database: prefix,
    project: '',
    server: null,
  } as const
  const bd = bdProgram({ folder: place, ...(env === undefined ? {} : { env }) })
  const quiet = ['--skip-agents', '--skip-hooks', '--non-interactive', '--quiet']
  await bd.run(['init', `--prefix=${prefix}`, ...serverFlags(server), ...quiet], [], { timeout: 120_000 })
  await turnExportOff(await requireBeads(root), env)
  return requireBeads(root)
}

/** The command itself still writes the file, so the file goes after it. */
async function turnExportOff(folder: BeadsFolder, env: NodeJS.ProcessEnv | undefined): Promise<void> {
  const bd = bdProgram({ folder, ...(env === undefined ? {} : { env }) })
  await bd.run(['config', 'set', 'export.auto', 'false', '--json'])
  await rm(join(folder.beads, 'issues.jsonl'), { force: true })
}

function serverFlags(server: InitialiseOptions['server']): string[] {
  if (server === undefined) return []
  const { host, port, user, database } = server
  const where = [`--server-host=${host}`, `--server-port=${port}`, `--server-user=${user}`]
  return ['--server', '--external', ...where, `--database=${database}`]
}
