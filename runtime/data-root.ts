import { createHash } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { isCode } from './secret.ts'

/**
 * The folder of a project's data: the one that is named (`--data`, `GEMBA_DATA`), else the project's own `.gemba/data`
 * where that exists, else one in the user's state folder. There no `git clean -fdx` of the project deletes the beads,
 * and no agent that searches the project comes across tokens.
 */
export function dataRoot(project: string, named?: string, env: NodeJS.ProcessEnv = process.env): string {
  const chosen = named ?? env['GEMBA_DATA'] ?? ''
  if (chosen !== '') return resolve(chosen)
  const folder = realPath(project)
  const own = ownDataRoot(folder)
  return statSync(own, { throwIfNoEntry: false })?.isDirectory() === true ? own : keptDataRoot(folder, env)
}

/** The folder of the data of Beads-only mode started in a folder: named as ever, else one beside that of a project there. */
export function beadsOnlyDataRoot(folder: string, named?: string, env: NodeJS.ProcessEnv = process.env): string {
  const chosen = named ?? env['GEMBA_DATA'] ?? ''
  return chosen === '' ? `${keptDataRoot(folder, env)}-beads-only` : resolve(chosen)
}

/** Where a project keeps its data with itself, as the example does. */
export function ownDataRoot(project: string): string {
  return join(resolve(project), '.gemba', 'data')
}

/** Where the user's state folder keeps the data of a project, by the project's path. */
export function keptDataRoot(project: string, env: NodeJS.ProcessEnv = process.env): string {
  const folder = realPath(project)
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const name = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 40)
  return join(keptFolder(env), `${name}-${key}`)
}

/** The folder in which the user's state folder keeps the data of all projects. */
export function keptFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['XDG_STATE_HOME'] ?? ''
  const platform =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Application Support')
      : join(homedir(), '.local', 'state')
  return join(isAbsolute(named) ? named : platform, 'gemba', 'projects')
}

/** A path without symbolic links; as it is when there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return resolve(path)
    throw error
  }
}
