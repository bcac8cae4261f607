import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Repository } from '../../model/agent.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import type { IntegrateBead } from './integration.ts'
import type { Worktree } from './worktree.ts'

/** For tests: a real repository in a folder of its own, gone when the test has ended. */
export interface TestRepository {
  readonly folder: string
  readonly repository: Repository
  /** Runs git as a person would, in the repository or in another folder. Returns what it printed, trimmed. */
  git(args: readonly string[], cwd?: string): Promise<string>
  write(path: string, text: string): Promise<void>
}

export async function testRepository(changes: Partial<Repository> = {}): Promise<TestRepository> {
  const folder = await testFolder()
  const path = join(folder, 'repository')
  const repository: Repository = {
    id: 'main',
    path,
    base: 'main',
    integration: 'merge',
    remote: 'origin',
    prefixes: ['mp'],
    ...changes,
  }
  const git = (args: readonly string[], cwd = path) => personsGit(cwd, args)
  const write = (name: string, text: string) => writeAt(join(path, name), text)
  await mkdir(path)
  await git(['init', '--quiet', '--initial-branch=main'])
  await write('README.md', 'one\ntwo\nthree\n')
  await git(['add', '.'])
  await git(['commit', '--quiet', '-m', 'Begin'])
  return { folder, repository, git, write }
}

/** A folder that is removed when the test has ended. */
export async function testFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gemba-repository-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))
  return folder
}

/** A bare remote called `origin` that has the base branch. Returns its path. */
export async function addRemote({ folder, git }: TestRepository): Promise<string> {
  const remote = join(folder, 'remote.git')
  await git(['init', '--quiet', '--bare', '--initial-branch=main', remote], folder)
  await git(['remote', 'add', 'origin', remote])
  await git(['push', '--quiet', 'origin', 'main'])
  return remote
}

/** What an agent does in a bead's worktree: writes a file and commits it. Returns the commit. */
export async function work(worktree: Worktree, path: string, text: string): Promise<string> {
  await writeAt(join(worktree.path, path), text)
  await personsGit(worktree.path, ['add', '--all'])
  await personsGit(worktree.path, ['commit', '--quiet', '-m', `Change ${JSON.stringify(path)}`])
  return personsGit(worktree.path, ['rev-parse', 'HEAD'])
}

export function request(repository: Repository, bead: string, changes: Partial<IntegrateBead> = {}): IntegrateBead {
  return { session: 's1', fence: 1, bead, title: `Do ${bead}`, repository, dirty: 'refuse', ...changes }
}

/** A git that works, but says that it is 2.34. Returns its path. */
export async function oldGit(folder: string): Promise<string> {
  const path = join(folder, 'old-git')
  const real = `exec '${locateTool('git', { ...process.env, GEMBA_GIT: '' })}' "$@"`
  const script = `for word; do case $word in version|--version) echo git version 2.34.1; exit;; esac; done\n${real}`
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return path
}

async function writeAt(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

async function personsGit(cwd: string, args: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  return (await run(locateTool('git'), [...who, ...args], { cwd, env })).trim()
}
