import { randomUUID } from 'node:crypto'
import { lstat, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from './git.ts'

/** A checkout that is on its way from one commit to another. */
export interface Move {
  /** Git in the checkout. */
  readonly git: Git
  readonly from: string
  readonly to: string
}

/** How far a move got, by what lies in the checkout and in its index. Other paths than those it changes do not count. */
export interface HalfMove {
  readonly begun: boolean
  /** What still is not as `to` has it, and can be put there without losing anything. */
  readonly left: readonly string[]
  /** What is neither as `from` has it nor as `to` has it, nor on its way: somebody's own. */
  readonly foreign: readonly string[]
}

interface Entry {
  readonly mode: string
  readonly object: string
}

interface Change {
  readonly path: string
  readonly from: Entry | undefined
  readonly to: Entry | undefined
}

const longestListing = 256 * 1024 * 1024
/** Files that git writes at once. */
const mostPartial = 64

/** Undefined when git can not tell, e.g. because the move brings paths that no checkout can have. */
export async function lookAtHalfMove(move: Move): Promise<HalfMove | undefined> {
  const changes = await changesOf(move)
  const [from, to] = [await differing(move, changes, 'from'), await differing(move, changes, 'to')]
  if (from === undefined || to === undefined) return undefined
  const [besideFrom, besideTo] = [await staged(move, move.from), await staged(move, move.to)]
  const [left, foreign]: [string[], string[]] = [[], []]
  let begun = false
  let partial = 0
  for (const change of changes) {
    const { path } = change
    const missing = await isMissing(move, path)
    const isFrom = change.from === undefined ? missing : !from.has(path)
    const isTo = change.to === undefined ? missing : !to.has(path)
    begun ||= !isFrom || besideFrom.has(path)
    // A file that `to` and the index no longer have is nobody's; git does not take it away.
    if (besideTo.has(path) || (change.to !== undefined && !isTo)) left.push(path)
    const safe = isFrom || isTo || missing || ((partial += 1) <= mostPartial && (await isPartOf(move, change)))
    if (!safe || (besideFrom.has(path) && besideTo.has(path))) foreign.push(path)
  }
  return { begun, left, foreign }
}

async function changesOf({ git, from, to }: Move): Promise<Change[]> {
  const command = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--end-of-options', from, to, '--']
  const parts = (await git.run(command, { maxBuffer: longestListing })).split('\0')
  const changes: Change[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [fromMode = '', toMode = '', fromObject = '', toObject = ''] = (parts[at] ?? '').slice(1).split(' ')
    const entry = (mode: string, object: string) => (/^0+$/.test(mode) ? undefined : { mode, object })
    changes.push({ path: parts[at + 1] ?? '', from: entry(fromMode, fromObject), to: entry(toMode, toObject) })
  }
  return changes
}

/** The paths that one side has, and the checkout not as that side has them. Git compares, with an index of its own. */
async function differing(
  { git }: Move,
  changes: readonly Change[],
  side: 'from' | 'to',
): Promise<ReadonlySet<string> | undefined> {
  const index = join(git.place.gitDir, `gemba-index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  const input = changes.map(({ path, [side]: entry }) => entry && `${entry.mode} ${entry.object}\t${path}\0`).join('')
  try {
    const filled = await git.try(['update-index', '-z', '--index-info'], { env, input })
    if (filled.code !== 0) return undefined
    await git.try(['update-index', '-q', '--refresh'], { env, maxBuffer: longestListing })
    const command = ['diff-files', '-z', '--name-only', '--ignore-submodules=all']
    return setOf(await git.run(command, { env, maxBuffer: longestListing }))
  } finally {
    await rm(index, { force: true })
  }
}

/** The paths where the checkout's index is not as a commit has them. */
async function staged({ git }: Move, commit: string): Promise<ReadonlySet<string>> {
  const command = ['diff-index', '--cached', '-z', '--name-only', '--no-renames', '--end-of-options', commit, '--']
  return setOf(await git.run(command, { maxBuffer: longestListing }))
}

/** No file, or a folder in its place. */
async function isMissing({ git }: Move, path: string): Promise<boolean> {
  const found = await lstat(join(git.place.workTree, path)).catch(() => undefined)
  return found === undefined || found.isDirectory()
}

/** Whether the file holds the beginning of what `to` has there: git was killed while it wrote it. */
async function isPartOf({ git, to }: Move, { path, to: entry }: Change): Promise<boolean> {
  if (entry === undefined) return false
  const file = join(git.place.workTree, path)
  if ((await lstat(file).catch(() => undefined))?.isFile() !== true) return false
  const options = { encoding: 'latin1', maxBuffer: longestListing } as const
  const whole = await git.try(['cat-file', '--filters', `${to}:${path}`], options).catch(() => undefined)
  return whole?.code === 0 && whole.stdout.startsWith(await readFile(file, 'latin1'))
}

function setOf(listing: string): ReadonlySet<string> {
  return new Set(listing.split('\0').filter(Boolean))
}
