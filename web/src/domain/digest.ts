import type { WorkDigest } from '../../../model/fact.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** "3 files, 2 commits, 41.2K tokens"; empty while there is nothing to tell. */
export function digestText(digest: WorkDigest): string {
  const tokens = digest.tokensIn + digest.tokensOut
  return [workText(digest), tokens === 0 ? '' : `${compact.format(tokens)} tokens`].filter(Boolean).join(', ')
}

/** "3 files, 2 commits". */
export function workText({ filesChanged, commits }: WorkDigest): string {
  return [counted(filesChanged, 'file'), counted(commits, 'commit')].filter(Boolean).join(', ')
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`
}
