import { randomUUID } from 'node:crypto'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from './git.ts'
import { identityFor } from './merge-into-base.ts'

/** Commits everything that is uncommitted in a bead's worktree. */
export async function commitAll(git: Git, bead: string): Promise<void> {
  await git.run(['add', '--all', '--', '.'], { apart: true })
  const message = `chore(${bead}): auto-commit before integration`
  await git.run(['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--cleanup=verbatim', '-F', '-'], {
    input: `${message}\n`,
    env: identityFor(git),
    apart: true,
  })
}

/**
 * Takes everything uncommitted out of a bead's worktree, and keeps it as a commit under
 * `refs/gemba/discarded/<bead>/<n>`, from where a person can get it back. Ignored files stay.
 */
export async function setAside(git: Git, bead: string): Promise<void> {
  const commit = await snapshot(git, bead)
  for (let number = await nextNumber(git, bead); ; number += 1) {
    const ref = `refs/gemba/discarded/${bead}/${number}`
    const made = await git.try(['update-ref', ref, commit, ''], { apart: true })
    if (made.code === 0) break
    if ((await git.try(['rev-parse', '--verify', '--quiet', ref])).code !== 0)
      await git.run(['update-ref', ref, commit, ''], { apart: true })
  }
  await git.run(['reset', '--quiet', '--hard', 'HEAD', '--'], { apart: true })
  await git.run(['clean', '--quiet', '-d', '--force', '--', '.'], { apart: true })
}

/** A commit of everything as it stands, made beside the worktree's own index. */
async function snapshot(git: Git, bead: string): Promise<string> {
  const index = join(git.place.gitDir, `gemba-index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  try {
    await copyFile(join(git.place.gitDir, 'index'), index)
    await git.run(['add', '--all', '--', '.'], { env })
    const tree = (await git.run(['write-tree'], { env })).trim()
    const made = await git.run(['commit-tree', tree, '-p', 'HEAD', '-F', '-'], {
      input: `chore(${bead}): left out of the integration\n`,
      env: identityFor(git),
    })
    return made.trim()
  } finally {
    await rm(index, { force: true })
  }
}

async function nextNumber(git: Git, bead: string): Promise<number> {
  const listing = await git.run(['for-each-ref', '--format=%(refname:lstrip=4)', `refs/gemba/discarded/${bead}`])
  return Math.max(0, ...listing.split('\n').filter(Boolean).map(Number)) + 1
}
