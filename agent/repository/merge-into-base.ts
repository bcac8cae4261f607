import { existsSync } from 'node:fs'
import { moveCheckout, type Moved } from './checkout-move.ts'
import { said, type Git } from './git.ts'
import { isAncestor } from './history.ts'
import {
  commitOf,
  gitDirOf,
  openCheckout,
  readBranches,
  requireBase,
  type Branch,
  type OpenedRepository,
} from './opened-repository.ts'
import { steeringChange } from './steering.ts'

/** What came of a merge. Only `merged` has changed anything. */
export type Merge =
  | { readonly outcome: 'merged'; readonly commit: string }
  | { readonly outcome: 'conflict'; readonly files: readonly string[] }
  | { readonly outcome: 'blocked'; readonly why: string }

const attempts = 5

/**
 * Merges `head` into the base without touching a worktree, then moves the base there, in the checkout that has it or by
 * compare-and-set. Somebody who moved the base meanwhile is taken in. `forward` moves the base to `head` itself where
 * that loses nothing, and takes what the base's own people did to what steers Gemba; `merge` is of a bead's work, which
 * may not touch that, and always makes a merge commit.
 */
export async function mergeIntoBase(
  opened: OpenedRepository,
  head: string,
  message: string,
  how: 'merge' | 'forward' = 'merge',
): Promise<Merge> {
  let why = ''
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const base = await requireBase(opened, await readBranches(opened, [opened.repository.base]))
    const forward = how === 'forward' && (await isAncestor(opened.git, base.commit, head))
    const made = forward
      ? { outcome: 'merged' as const, commit: head }
      : await compute(opened.git, base.commit, head, message)
    if (made.outcome !== 'merged') return made
    const steering = how === 'merge' ? await steeringChange(opened.git, base.commit, made.commit) : undefined
    if (steering !== undefined) return { outcome: 'blocked', why: steering }
    const moved = await moveBase(opened, base, made.commit)
    if (moved === 'moved') return made
    if (moved !== 'raced') return { outcome: 'blocked', why: moved.why }
    why = `${opened.repository.base} was moved by others ${attempt + 1} times meanwhile`
  }
  return { outcome: 'blocked', why }
}

async function compute(git: Git, base: string, head: string, message: string): Promise<Merge> {
  const merged = await git.try(['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, head])
  const [tree = '', ...files] = merged.stdout.split('\0').filter((part) => part !== '')
  if (merged.code === 1) return { outcome: 'conflict', files }
  if (merged.code !== 0 || !/^[0-9a-f]{40,64}$/.test(tree)) return { outcome: 'blocked', why: said(merged) }
  const commit = await git.run(['commit-tree', tree, '-p', base, '-p', head, '-F', '-'], {
    input: message,
    env: identityFor(git),
  })
  return { outcome: 'merged', commit: commit.trim() }
}

async function moveBase(opened: OpenedRepository, base: Branch, commit: string): Promise<Moved> {
  const where = base.checkedOut
  const gitDir = where !== null && existsSync(where) ? await gitDirOf(where) : undefined
  if (where !== null && gitDir !== undefined) {
    const move = { git: await openCheckout(opened, gitDir, where), from: base.commit, to: commit }
    return moveCheckout(opened, move)
  }
  const ref = `refs/heads/${opened.repository.base}`
  const set = await opened.git.try(['update-ref', '-m', 'gemba: integrate', ref, commit, base.commit], { apart: true })
  if (set.code === 0) return 'moved'
  return (await commitOf(opened.git, ref)) === base.commit ? { why: said(set) } : 'raced'
}

/** Who our commits are by: the repository's own user, else Gemba. */
export function identityFor(git: Git): Record<string, string> {
  if (git.setting('user.name') !== undefined && git.setting('user.email') !== undefined) return {}
  const [name, email] = ['Gemba', 'gemba@localhost']
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
}
