import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Repository } from '../../model/agent.ts'
import { GembaError } from '../../model/error.ts'
import { openGit, said, type Git } from './git.ts'

/** A repository of the configuration, found on disk. Opening it runs one git command and changes nothing. */
export interface OpenedRepository {
  readonly repository: Repository
  /** Its folder, symbolic links resolved. */
  readonly path: string
  /** What all its worktrees share: objects, branches, configuration. */
  readonly commonDir: string
  readonly git: Git
}

export interface Branch {
  readonly commit: string
  /** The folder where it is checked out, as git has noted it; null when nowhere. It may be gone meanwhile. */
  readonly checkedOut: string | null
}

/** Throws `repository_unusable` when there is no repository with a working folder. */
export async function openRepository(repository: Repository): Promise<OpenedRepository> {
  const path = await realpath(repository.path).catch(() => undefined)
  if (path === undefined) throw unusable(repository, `there is no folder ${repository.path}`)
  requireName(repository, 'base branch', repository.base)
  requireName(repository, 'remote', repository.remote)
  const gitDir = await gitDirOf(path)
  if (gitDir === undefined) {
    const bare = (await isFolder(join(path, 'objects'))) && (await isFolder(join(path, 'refs')))
    throw unusable(
      repository,
      bare ? 'it is a bare repository, without a working folder' : 'it is not a git repository',
    )
  }
  const commonDir = await commonDirOf(gitDir)
  const git = await openHere(repository, { gitDir, workTree: path })
  if (gitDir === commonDir && git.setting('core.bare') === 'true') throw unusable(repository, 'it is a bare repository')
  return { repository, path, commonDir, git }
}

/** The git folder that `folder/.git` is or names; undefined when there is none. */
export async function gitDirOf(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git')
  if (await isFolder(entry)) return realpath(entry)
  const text = await readFile(entry, 'utf8').catch(() => '')
  const named = /^gitdir: ([^\n]+)\n?$/.exec(text)?.[1]
  return named === undefined ? undefined : realpath(resolve(folder, named)).catch(() => undefined)
}

/** Local branches by name. One git command for all that are asked for. */
export async function readBranches(opened: OpenedRepository, names: readonly string[]): Promise<Map<string, Branch>> {
  const text = await opened.git.run([
    'for-each-ref',
    '--format=%(refname:lstrip=2)%00%(objectname)%00%(worktreepath)%00',
    '--',
    ...names.map((name) => `refs/heads/${name}`),
  ])
  const parts = text.split('\0')
  const branches = new Map<string, Branch>()
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const name = (parts[at] ?? '').replace(/^\n/, '')
    const checkedOut = parts[at + 2] ?? ''
    if (names.includes(name)) branches.set(name, { commit: parts[at + 1] ?? '', checkedOut: checkedOut || null })
  }
  return branches
}

/** The base branch among `branches`; `repository_unusable`, saying why, when it is not there. */
export async function requireBase(opened: OpenedRepository, branches: ReadonlyMap<string, Branch>): Promise<Branch> {
  const { repository, git } = opened
  const base = branches.get(repository.base)
  if (base !== undefined) return base
  const any = await git.run(['for-each-ref', '--count=1', 'refs/heads'])
  throw unusable(repository, any === '' ? 'it has no commits yet' : `it has no branch ${repository.base}`)
}

/** Where we note something about the base branch, for every process of this machine. */
export function baseFile({ commonDir, repository }: OpenedRepository, kind: 'lock' | 'move'): string {
  const name = createHash('sha256').update(repository.base).digest('hex').slice(0, 16)
  return join(commonDir, 'gemba', `${name}.${kind}`)
}

/** The commit that a reference names. */
export async function commitOf(git: Git, ref: string): Promise<string> {
  return (await git.run(['rev-parse', '--verify', ref])).trim()
}

/** Git in another checkout of the same repository. */
export function openCheckout(opened: OpenedRepository, gitDir: string, workTree: string): Promise<Git> {
  return openHere(opened.repository, { gitDir, workTree })
}

export function unusable(repository: Repository, why: string, cause?: unknown): GembaError {
  return new GembaError('repository_unusable', { repository: repository.id, why }, { cause })
}

export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}

async function openHere(repository: Repository, place: { gitDir: string; workTree: string }): Promise<Git> {
  try {
    return await openGit(place)
  } catch (error) {
    if (error instanceof GembaError && error.code === 'tool_missing') throw error
    const why = error instanceof GembaError ? error.params['why'] : undefined
    throw unusable(repository, why ?? said({ stdout: '', stderr: String(error) }), error)
  }
}

async function commonDirOf(gitDir: string): Promise<string> {
  const named = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined)
  return named === undefined ? gitDir : realpath(resolve(gitDir, named.trim())).catch(() => dirname(gitDir))
}

function requireName(repository: Repository, what: string, name: string): void {
  const bad = /^[-/.]|\.\.|@\{|[\p{Cc}\p{Cf}\s~^:?*[\\]|[/.]$|\.lock$|\/\//u
  if (name === '' || bad.test(name)) throw unusable(repository, `${JSON.stringify(name)} can not be a ${what}`)
}
