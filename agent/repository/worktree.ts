import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import {
  beadFolder,
  conflict,
  excludeWorktrees,
  lookAt,
  type BeadFolder,
  type BeadPlace,
  type Found,
} from './bead-place.ts'
import { said } from './git.ts'
import { bringerOf, commitsWith, isAncestor } from './history.ts'
import { inTurn } from './in-turn.ts'
import {
  openCheckout,
  openRepository,
  readBranches,
  requireBase,
  type Branch,
  type OpenedRepository,
} from './opened-repository.ts'
import { unkeptWork } from './unkept-work.ts'
import { readStatus } from './work-status.ts'

export interface Worktree {
  /** Absolute, with symbolic links resolved. */
  readonly path: string
  /** `bead/<id>`. */
  readonly branch: string
  /** What a person should know, e.g. that earlier work was found and kept. Empty when all was plain. */
  readonly note: string
}

export interface RemovedWorktree {
  readonly worktree: 'removed' | 'kept' | 'absent'
  /** Why it was kept, or what was kept besides. Empty when all was plain. */
  readonly note: string
}

/** Milliseconds. */
const finishPatience = 3_000

/** See `Repositories.ensureWorktree`. Three git commands when the worktree is new. */
export async function ensureWorktree(place: BeadPlace): Promise<Worktree> {
  const opened = await openRepository(place.repository)
  const folder = await beadFolder(opened, place.bead)
  excludeWorktrees(opened)
  return inTurn(folder.path, async () => (await attempt(opened, folder)) ?? again(opened, folder))
}

/** See `Repositories.removeWorktree`. */
export async function removeWorktree(place: BeadPlace): Promise<RemovedWorktree> {
  const opened = await openRepository(place.repository)
  const folder = await beadFolder(opened, place.bead)
  return inTurn(folder.path, async () => {
    const branches = await readBranches(opened, [folder.branch])
    const found = await lookAt(opened, folder)
    if (found.kind === 'foreign') return { worktree: 'kept', note: `The worktree was kept: ${found.why}.` }
    if (found.kind === 'nothing') {
      const branch = branches.get(folder.branch)
      if (branch?.checkedOut === folder.path) await forget(opened, folder, branch)
      return { worktree: 'absent', note: await dropBranch(opened, folder, branch) }
    }
    return removeFound(opened, folder, found, branches.get(folder.branch))
  })
}

/** See `Repositories.isIntegrated`. */
export async function isIntegrated(place: BeadPlace): Promise<boolean> {
  const opened = await openRepository(place.repository)
  const folder = await beadFolder(opened, place.bead)
  const found = await lookAt(opened, folder)
  if (found.kind === 'foreign') return false
  const branch = (await readBranches(opened, [folder.branch])).get(folder.branch)
  const heads = new Set(branch === undefined ? [] : [branch.commit])
  if (found.kind === 'worktree') {
    const git = await openCheckout(opened, found.gitDir, folder.path)
    if ((await readStatus(git)).files.length > 0) return false
    heads.add((await git.run(['rev-parse', '--verify', 'HEAD'])).trim())
  }
  for (const head of heads) if (!(await isOnBase(opened, head))) return false
  return hasBroughtWork(opened, place.bead, [...heads])
}

/** Whether the base got something from the bead: a branch that still lies on the base's own line holds no work yet. */
async function hasBroughtWork(opened: OpenedRepository, bead: string, heads: readonly string[]): Promise<boolean> {
  const { git } = opened
  const bases = (await git.run(['for-each-ref', '--format=%(refname)', '--', ...basesOf(opened)])).split('\n')
  for (const base of bases.filter(Boolean)) {
    if (heads.length === 0 && (await commitsWith(git, base, 'Bead', bead)).length > 0) return true
    for (const head of heads) {
      if ((await isAncestor(git, head, base)) && (await bringerOf(git, head, base)) !== null) return true
    }
  }
  return false
}

/** After another process made the branch at the same time, or git gave up half-way: it is no earlier work. */
async function again(opened: OpenedRepository, folder: BeadFolder): Promise<Worktree> {
  const made = await attempt(opened, folder)
  if (made === undefined) throw conflict(folder.bead, `git could not make ${folder.path}`)
  return { ...made, note: '' }
}

/** Undefined when another process changed something at the same time, so that it is worth another look. */
async function attempt(opened: OpenedRepository, folder: BeadFolder): Promise<Worktree | undefined> {
  const branches = await readBranches(opened, [opened.repository.base, folder.branch])
  const base = await requireBase(opened, branches)
  const branch = branches.get(folder.branch)
  const found = await lookAt(opened, folder)
  if (found.kind === 'foreign') throw conflict(folder.bead, found.why)
  if (found.kind === 'worktree') return reuse(opened, folder, found.gitDir, branch)
  if (found.kind === 'unfinished') {
    if (await isFinishedSoon(opened, folder)) return undefined
    await opened.git.try(['worktree', 'remove', '--force', '--force', '--', folder.path], { apart: true })
    await rm(folder.path, { recursive: true, force: true })
  }
  await forget(opened, folder, branch)
  return add(opened, folder, branch, base)
}

/** A git command that outlived the process that began it may still be at it. */
async function isFinishedSoon(opened: OpenedRepository, folder: BeadFolder): Promise<boolean> {
  const until = Date.now() + finishPatience
  while (Date.now() < until) {
    await pause(100)
    if ((await lookAt(opened, folder)).kind !== 'unfinished') return true
  }
  return false
}

async function add(
  opened: OpenedRepository,
  folder: BeadFolder,
  branch: Branch | undefined,
  base: Branch,
): Promise<Worktree | undefined> {
  const what =
    branch === undefined
      ? ['--no-track', '-b', folder.branch, '--', folder.path, base.commit]
      : ['--', folder.path, folder.branch]
  const command = ['worktree', 'add', '--quiet', '--no-guess-remote', ...what]
  // Git itself trips over two worktrees that are made at the same moment.
  let result = await inTurn(opened.commonDir, () => opened.git.try(command, { apart: true }))
  if (result.code !== 0 && /missing but already registered/.test(result.stderr)) {
    await opened.git.try(['worktree', 'remove', '--force', '--', folder.path], { apart: true })
    result = await opened.git.try(command, { apart: true })
  }
  const note = branch === undefined ? '' : `Branch ${folder.branch} existed already; the work on it is continued.`
  if (result.code === 0) return { path: folder.path, branch: folder.branch, note }
  const now = await lookAt(opened, folder)
  const raced = now.kind === 'worktree' || /already exists/.test(result.stderr)
  if (raced && (await readBranches(opened, [folder.branch])).size > 0) return undefined
  throw conflict(folder.bead, said(result))
}

async function reuse(
  opened: OpenedRepository,
  folder: BeadFolder,
  gitDir: string,
  branch: Branch | undefined,
): Promise<Worktree> {
  const status = await readStatus(await openCheckout(opened, gitDir, folder.path))
  const count = status.files.length
  const notes = [
    ...(count === 0 ? [] : [`${count} uncommitted ${count === 1 ? 'file was' : 'files were'} found and kept.`]),
    ...(branch?.checkedOut === folder.path ? [] : [`The worktree is not on ${folder.branch}.`]),
  ]
  return { path: folder.path, branch: folder.branch, note: notes.join(' ') }
}

/** Clears git's memory of a checkout whose folder is gone. A living checkout of the branch elsewhere is a conflict. */
async function forget(opened: OpenedRepository, folder: BeadFolder, branch: Branch | undefined): Promise<void> {
  const where = branch?.checkedOut ?? null
  if (where === null) return
  if (where !== folder.path && existsSync(where)) {
    throw conflict(folder.bead, `branch ${folder.branch} is checked out in ${where}`)
  }
  await opened.git.try(['worktree', 'remove', '--force', '--', where], { apart: true })
}

async function removeFound(
  opened: OpenedRepository,
  folder: BeadFolder,
  found: Extract<Found, { gitDir: string }>,
  branch: Branch | undefined,
): Promise<RemovedWorktree> {
  const unfinished = found.kind === 'unfinished'
  const kept = unfinished ? '' : await unkeptWork(opened, await openCheckout(opened, found.gitDir, folder.path))
  if (kept !== '') return { worktree: 'kept', note: `The worktree was kept: it has ${kept}.` }
  const force = unfinished ? ['--force', '--force'] : []
  const removed = await opened.git.try(['worktree', 'remove', ...force, '--', folder.path], { apart: true })
  if (removed.code !== 0) return { worktree: 'kept', note: `The worktree was kept: ${said(removed)}` }
  return { worktree: 'removed', note: await dropBranch(opened, folder, branch) }
}

/** Deletes the local branch when the base has all of it. Returns what a person should know. */
async function dropBranch(opened: OpenedRepository, folder: BeadFolder, branch: Branch | undefined): Promise<string> {
  if (branch === undefined) return ''
  const where = branch.checkedOut
  if (where !== null && where !== folder.path && existsSync(where)) {
    return `Branch ${folder.branch} was kept: it is checked out in ${where}.`
  }
  if (!(await isOnBase(opened, branch.commit))) return `Branch ${folder.branch} was kept: it is not merged.`
  const command = ['update-ref', '-d', `refs/heads/${folder.branch}`, branch.commit]
  const dropped = await opened.git.try(command, { apart: true })
  return dropped.code === 0 ? '' : `Branch ${folder.branch} was kept: ${said(dropped)}`
}

async function isOnBase(opened: OpenedRepository, commit: string): Promise<boolean> {
  return (await opened.git.run(['for-each-ref', '--count=1', `--contains=${commit}`, '--', ...basesOf(opened)])) !== ''
}

/** Where integrated work lies: on the base, or on the remote's when that is where it is merged. */
function basesOf({ repository }: OpenedRepository): string[] {
  const { base, remote, integration } = repository
  return [`refs/heads/${base}`, ...(integration === 'pr' ? [`refs/remotes/${remote}/${base}`] : [])]
}
