import { plainName } from '../../model/plain-text.ts'
import type { Git } from './git.ts'

const shownFiles = 5

/**
 * Why a merge may not be made by Gemba: its tree differs from the base's in what steers Gemba itself. A person merges
 * that by hand, when it is meant. Both trees are looked at as they are: what a branch did on its way says nothing, since
 * it can be made to look harmless from one of several merge bases.
 */
export async function steeringChange(git: Git, base: string, tree: string): Promise<string | undefined> {
  const changed = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, tree, '--', '.gemba'])
  const files = changed.split('\0').filter(Boolean)
  if (files.length === 0) return undefined
  const names = files.slice(0, shownFiles).map(plainName).join(', ') + (files.length > shownFiles ? ', …' : '')
  return `it changes what steers Gemba (${names}); merge that by hand if it is meant`
}

/** The same for a branch that somebody else will merge. */
export async function steeringOfBranch(git: Git, base: string, head: string): Promise<string | undefined> {
  const merged = await git.try(['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, head])
  const [tree = ''] = merged.stdout.split('\0')
  return steeringChange(git, base, /^[0-9a-f]{40,64}$/.test(tree) ? tree : head)
}
