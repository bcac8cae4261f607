import { lstat, mkdir, readdir, readFile, realpath } from 'node:fs/promises'
import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Repository } from '../../model/agent.ts'
import { GembaError } from '../../model/error.ts'
import { branchOf } from '../../model/session.ts'
import { plainName } from '../../model/plain-text.ts'
import { gitDirOf, unusable, type OpenedRepository } from './opened-repository.ts'

/** One bead in one repository. The bead's id comes from outside; a worktree is refused for ids that could leave its folder. */
export interface BeadPlace {
  readonly repository: Repository
  readonly bead: string
}

const beadId = /^[A-Za-z][A-Za-z0-9_-]*(\.[0-9]+)*$/
const excluded = '/.gemba/worktrees/'

/** Refuses ids that could not be a branch and a folder of their own. */
export function requireBeadId(bead: string): void {
  if (beadId.test(bead) && bead.length <= 100) return
  throw new GembaError('bead_not_startable', {
    bead: plainName(bead),
    why: 'its id can not name a branch and a folder',
  })
}

/** What lies where a bead's worktree belongs. */
export type Found =
  /** Nothing, or an empty folder. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'foreign'; readonly why: string }
  /** A worktree that git had not finished making when it was killed. */
  | { readonly kind: 'unfinished'; readonly gitDir: string }
  | { readonly kind: 'worktree'; readonly gitDir: string }

export interface BeadFolder {
  readonly bead: string
  readonly path: string
  readonly branch: string
}

/**
 * The folder of a bead's worktree. Throws `worktree_conflict` when a symbolic link was planted on the way, which would
 * lead out of the repository.
 */
export async function beadFolder(opened: OpenedRepository, bead: string): Promise<BeadFolder> {
  requireBeadId(bead)
  let folder = opened.path
  for (const part of ['.gemba', 'worktrees']) {
    folder = join(folder, part)
    await mkdir(folder).catch(() => undefined)
    const found = await lstat(folder).catch(() => undefined)
    if (found?.isDirectory() !== true) throw conflict(bead, `${folder} is not a folder`)
  }
  if ((await realpath(folder)) !== folder) throw conflict(bead, `${folder} leads elsewhere`)
  return { bead, path: join(folder, bead), branch: branchOf(bead) }
}

/** Looks at the bead's folder without git. */
export async function lookAt(opened: OpenedRepository, { path }: BeadFolder): Promise<Found> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return { kind: 'nothing' }
  if (!found.isDirectory()) return { kind: 'foreign', why: `${path} is not a folder` }
  if ((await readdir(path)).length === 0) return { kind: 'nothing' }
  const gitDir = await gitDirOf(path)
  if (gitDir === undefined || dirname(gitDir) !== join(opened.commonDir, 'worktrees')) {
    return { kind: 'foreign', why: `${path} holds something that is not a worktree of this repository` }
  }
  const back = (await readFile(join(gitDir, 'gitdir'), 'utf8').catch(() => '')).trim()
  if (back !== join(path, '.git')) return { kind: 'foreign', why: `${path} belongs to another worktree, ${back}` }
  const locked = await readFile(join(gitDir, 'locked'), 'utf8').catch(() => '')
  const unfinished = locked.trim() === 'initializing' && !existsSync(join(gitDir, 'index'))
  return { kind: unfinished ? 'unfinished' : 'worktree', gitDir }
}

/**
 * Keeps the worktrees out of `git status`, for all worktrees of the repository and without touching a tracked file.
 * Synchronous, so that two calls of one process never write the line twice.
 */
export function excludeWorktrees(opened: OpenedRepository): void {
  const folder = join(opened.commonDir, 'info')
  const file = join(folder, 'exclude')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (text.split('\n').includes(excluded)) return
  mkdirSync(folder, { recursive: true })
  try {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
    const handle = openSync(file, flags, 0o644)
    writeSync(handle, `${text === '' || text.endsWith('\n') ? '' : '\n'}${excluded}\n`)
    closeSync(handle)
  } catch (error) {
    throw unusable(opened.repository, `${file} can not be written`, error)
  }
}

export function conflict(bead: string, why: string, cause?: unknown): GembaError {
  return new GembaError('worktree_conflict', { bead, why }, { cause })
}
