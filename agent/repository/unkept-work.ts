import { plainLine, plainName } from '../../model/plain-text.ts'
import type { Git } from './git.ts'
import { readBranches, type OpenedRepository } from './opened-repository.ts'
import { readStatus } from './work-status.ts'

const shown = 5
const longestName = 80

/**
 * What would be lost with a worktree, in words: uncommitted files, and commits that lie neither on the base nor on a
 * remote, with how many there are and the first of them. Empty when nothing would be. `git` works in the worktree.
 */
export async function unkeptWork(opened: OpenedRepository, git: Git): Promise<string> {
  const { files } = await readStatus(git)
  const commits = await unkeptCommits(opened, git)
  const { base } = opened.repository
  const parts = [
    files.length === 0
      ? ''
      : `${counted(files.length, 'uncommitted file')} (${listed(files.map(plainName), files.length)})`,
    commits.count === 0
      ? ''
      : `${counted(commits.count, 'commit')} neither on ${base} nor on a remote (${listed(commits.subjects, commits.count)})`,
  ]
  return parts.filter(Boolean).join(' and ')
}

async function unkeptCommits(opened: OpenedRepository, git: Git): Promise<{ count: number; subjects: string[] }> {
  const head = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (head.code !== 0) return { count: 0, subjects: [] }
  const base = (await readBranches(opened, [opened.repository.base])).get(opened.repository.base)
  const range = [head.stdout.trim(), '--not', '--remotes', ...(base === undefined ? [] : [base.commit]), '--']
  const count = Number((await git.run(['rev-list', '--count', ...range])).trim())
  if (count === 0) return { count, subjects: [] }
  const log = await git.run(['log', '-z', '--format=%s', `--max-count=${shown}`, '--no-show-signature', ...range])
  return { count, subjects: log.split('\0').filter(Boolean) }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function listed(names: readonly string[], count: number): string {
  const some = names.slice(0, shown).map((name) => plainLine(name, longestName))
  return some.join(', ') + (count > some.length ? ', …' : '')
}
