import { stat, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { plainName } from '../../model/plain-text.ts'
import { isStillRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'
import { said } from './git.ts'
import { gitsAtWork } from './gits-at-work.ts'
import { lookAtHalfMove, type Move } from './half-move.ts'
import { dropIntent, readIntent, writeIntent } from './move-intent.ts'
import { commitOf, gitDirOf, openCheckout, readBranches, type OpenedRepository } from './opened-repository.ts'

/** `raced`: somebody else moved the base meanwhile. */
export type Moved = 'moved' | 'raced' | { readonly why: string }

/** Milliseconds that a git of an earlier process of ours is waited for. */
const gitPatience = 30_000
/** A lock that nobody has touched for so long, and whose git of ours is gone, is left over. */
const lockPatience = 3_000
const shownFiles = 5

/**
 * Moves the base in the checkout that has it. Git changes the files first and the branch last; when it is killed in
 * between, here or by the next call of `completeMove`, the move is completed.
 */
export async function moveCheckout(opened: OpenedRepository, move: Move): Promise<Moved> {
  const { git, from, to } = move
  const { base } = opened.repository
  const checkout = git.place.workTree
  const flags = [
    '--ff-only',
    '--quiet',
    '--no-stat',
    '--no-autostash',
    '--no-overwrite-ignore',
    '--no-verify-signatures',
  ]
  const result = await git.try(['merge', ...flags, to], { apart: noting(opened, move) })
  const now = await commitOf(git, refOf(opened))
  if (now === from) {
    const half = await lookAtHalfMove(move)
    const killed = result.code > 128
    const isHalf = half !== undefined && half.begun && half.foreign.length === 0
    if (killed || isHalf) {
      const why = await completeMove(opened)
      return why === undefined ? movedTo(opened, move) : { why }
    }
  }
  dropIntent(opened)
  if (now !== from) return now === to ? 'moved' : 'raced'
  const failure = result.code === 0 ? `${checkout} is no longer on ${base}` : said(result)
  return { why: `${base} is checked out in ${checkout} and could not be moved there: ${failure}` }
}

async function movedTo(opened: OpenedRepository, { git, from, to }: Move): Promise<Moved> {
  const now = await commitOf(git, refOf(opened))
  if (now === to) return 'moved'
  return now === from ? { why: `${opened.repository.base} could not be moved in ${git.place.workTree}` } : 'raced'
}

/**
 * Completes a move that was broken off, where every file is still as git left it. Returns why it can not: somebody has
 * to decide what becomes of changes made since. To be called while no other move of ours can begin.
 */
export async function completeMove(opened: OpenedRepository): Promise<string | undefined> {
  const found = readIntent(opened)
  if (found === undefined) return undefined
  const { from, to, checkout, git: process } = found.intent
  const { base } = opened.repository
  if (!(await hasEnded(process))) return `git (process ${process.pid}) is still moving ${base} in ${checkout}`
  const branch = (await readBranches(opened, [base])).get(base)
  const gitDir = branch?.checkedOut === checkout ? await gitDirOf(checkout) : undefined
  if (gitDir !== undefined) {
    const move = { git: await openCheckout(opened, gitDir, checkout), from, to }
    const locked = await clearLocks(opened, move, found.since)
    const why = locked ?? (branch?.commit === from ? await complete(opened, move) : undefined)
    if (why !== undefined) return why
  }
  dropIntent(opened)
  return undefined
}

async function complete(opened: OpenedRepository, move: Move): Promise<string | undefined> {
  const { git, from, to } = move
  const { base } = opened.repository
  const checkout = git.place.workTree
  if ((await git.try(['cat-file', '-e', `${to}^{commit}`])).code !== 0) return undefined
  const half = await lookAtHalfMove(move)
  if (half === undefined || !half.begun) return undefined
  if (half.foreign.length > 0) {
    const names = half.foreign.slice(0, shownFiles).map(plainName).join(', ')
    const more = half.foreign.length > shownFiles ? ', …' : ''
    return `moving ${base} in ${checkout} was broken off, and ${names}${more} changed there since: keep your changes elsewhere and undo them there (git checkout -- <file>)`
  }
  if (half.left.length > 0) {
    const flags = ['--quiet', '--staged', '--worktree', '--no-overlay', '--pathspec-from-file=-', '--pathspec-file-nul']
    const restored = await git.try(['restore', ...flags, `--source=${to}`], {
      input: half.left.join('\0'),
      env: { GIT_LITERAL_PATHSPECS: '1' },
      apart: noting(opened, move),
    })
    if (restored.code !== 0)
      return `moving ${base} in ${checkout} was broken off and could not be completed: ${said(restored)}`
  }
  const command = ['update-ref', '-m', 'gemba: integrate', refOf(opened), to, from]
  const set = await git.try(command, { apart: noting(opened, move) })
  return set.code === 0 ? undefined : `moving ${base} was broken off and could not be completed: ${said(set)}`
}

/** Writes down what is about to happen, and which process does it. */
function noting(opened: OpenedRepository, { git, from, to }: Move): (process: ProcessIdentity) => void {
  return (process) => writeIntent(opened, { from, to, checkout: git.place.workTree, git: process })
}

async function hasEnded(process: ProcessIdentity): Promise<boolean> {
  for (const until = Date.now() + gitPatience; Date.now() < until; await pause(100)) {
    if (!(await isStillRunning(process))) return true
  }
  return false
}

/**
 * Removes the locks that our git left when it was killed: made since it began, and touched by nobody any more. Returns
 * why not when they may be those of another git, which can rest for hours while an editor is open.
 */
async function clearLocks(opened: OpenedRepository, { git }: Move, since: number): Promise<string | undefined> {
  const own = ['index.lock', 'HEAD.lock', 'ORIG_HEAD.lock'].map((name) => join(git.place.gitDir, name))
  const paths = [...own, join(opened.commonDir, `${refOf(opened)}.lock`)]
  const before = await Promise.all(paths.map(markOf))
  if (before.every((mark) => mark === undefined)) return undefined
  const atWork = await gitsAtWork(git.place)
  await pause(lockPatience)
  const after = await Promise.all(paths.map(markOf))
  // Some file systems know whole seconds only.
  const left = paths.filter((_, index) => {
    const mark = before[index]
    return mark !== undefined && mark.at >= since - 1_000 && after[index]?.text === mark.text
  })
  const [first] = left
  if (first === undefined) return undefined
  // Whose lock it is was there when it was made, and still is.
  const still = await gitsAtWork(git.place)
  if ([...atWork].some((pid) => still.has(pid))) return atWorkIn(git.place.workTree, first)
  await Promise.all(left.map((path) => unlink(path).catch(() => undefined)))
  return undefined
}

function atWorkIn(checkout: string, lock: string): string {
  return `git is at work in ${checkout} (${basename(lock)}): let it end, a commit whose editor is open for instance; if none is at work there, remove ${lock}`
}

async function markOf(path: string): Promise<{ text: string; at: number } | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  return { text: `${found.ino} ${found.size} ${found.mtimeMs}`, at: found.mtimeMs }
}

function refOf(opened: OpenedRepository): string {
  return `refs/heads/${opened.repository.base}`
}
