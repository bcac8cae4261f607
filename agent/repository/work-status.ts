import type { Git } from './git.ts'

export interface WorkStatus {
  /** Uncommitted paths as git names them; a new folder is one path that ends in a slash. */
  readonly files: readonly string[]
  /** Whether a merge stopped half-way and left paths in conflict. */
  readonly unmerged: boolean
}

const unmergedMarks: readonly string[] = ['DD', 'AU', 'UD', 'UA', 'DU', 'AA', 'UU']

/** What is not committed in a checkout. Ignored files do not count; submodules count by their commit only. */
export async function readStatus(git: Git): Promise<WorkStatus> {
  const listing = await git.run([
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=normal',
    '--ignore-submodules=dirty',
  ])
  const entries = listing.split('\0').filter((entry) => entry !== '')
  return {
    files: entries.map((entry) => entry.slice(3)),
    unmerged: entries.some((entry) => unmergedMarks.includes(entry.slice(0, 2))),
  }
}
