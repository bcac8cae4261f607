import type { Git } from './git.ts'

/** Whether `commit` is `of` or one of its ancestors. */
export async function isAncestor(git: Git, commit: string, of: string): Promise<boolean> {
  const { code } = await git.try(['merge-base', '--is-ancestor', commit, of])
  return code === 0
}

/**
 * The commit on the main line of `base` that brought `head` in; null when `head` lies on the main line itself, as the
 * head of a branch without work does.
 */
export async function bringerOf(git: Git, head: string, base: string): Promise<string | null> {
  const listing = await git.run(['rev-list', '--first-parent', '--parents', `${head}..${base}`, '--'])
  const line = listing
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((text) => text.split(' '))
    .toReversed()
  const [oldest] = line
  if (oldest === undefined || oldest[1] === head) return null
  const direct = line.find((commit) => commit.slice(2).includes(head))
  if (direct !== undefined) return direct[0] ?? null
  let [low, high] = [0, line.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (await isAncestor(git, head, line[middle]?.[0] ?? '')) high = middle
    else low = middle + 1
  }
  return line[low]?.[0] ?? null
}

/** The newest commits on the main line of `base` whose message carries the trailer, at most one. */
export async function commitsWith(git: Git, base: string, trailer: string, value: string): Promise<string[]> {
  const pattern = `^${trailer}: ${value.replaceAll('.', '\\.')}$`
  const listing = await git.run(['rev-list', '--first-parent', '--max-count=1', '-E', `--grep=${pattern}`, base, '--'])
  return listing.split('\n').filter(Boolean)
}

/** Commits and files that separate two commits. `brought`: `to` is a merge onto `from`, which does not count itself. */
export async function compare(
  git: Git,
  from: string,
  to: string,
  how: 'apart' | 'brought' = 'apart',
): Promise<{ commits: number; filesChanged: number }> {
  const common = how === 'apart' ? (await git.run(['merge-base', from, to])).trim() : from
  const counted = await git.run(['rev-list', '--count', `${from}..${to}`, '--'])
  const names = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', common, to, '--'])
  const commits = Number(counted.trim()) - (how === 'brought' ? 1 : 0)
  return { commits: Math.max(commits, how === 'brought' ? 1 : 0), filesChanged: names.split('\0').length - 1 }
}
