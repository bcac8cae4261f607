import { setTimeout as pause } from 'node:timers/promises'
import { GembaError } from '../../model/error.ts'
import { plainLine } from '../../model/plain-text.ts'
import { exec, ExecError, type ExecResult } from '../../runtime/exec.ts'
import { execApart } from '../../runtime/exec-apart.ts'
import type { ProcessIdentity } from '../../runtime/process-identity.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { readSafeguards, type Safeguards } from './safeguards.ts'

/** Where a git command works. The folder an agent can write to never says where its repository is: we do. */
export interface GitPlace {
  readonly gitDir: string
  readonly workTree: string
}

export interface GitOptions {
  readonly input?: string
  /** Additional variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds. Default 60,000. */
  readonly timeout?: number
  /**
   * For a command that changes files, an index or a branch: it has no time limit and ends as it should when we end. Its
   * exit code is 128 and the signal when somebody killed it. The function is told which process it is before it begins.
   */
  readonly apart?: true | ((process: ProcessIdentity) => void)
  /** See `ExecOptions`; not for what runs apart. */
  readonly encoding?: 'latin1'
  readonly maxBuffer?: number
}

/** Git in one place, with everything an agent may have planted there switched off. */
export interface Git {
  readonly place: GitPlace
  /** A setting as git sees it, whoever made it. Keys are lower case except for their middle part. */
  setting(key: string): string | undefined
  /**
   * Runs a command; its exit code is part of the answer. Waits for other git processes' locks for a few seconds. Throws
   * `disk_full` when there was no room for what it wanted to write.
   */
  try(args: readonly string[], options?: GitOptions): Promise<ExecResult>
  /** Like `try`, but a non-zero exit is an `ExecError` with what git said. */
  run(args: readonly string[], options?: GitOptions): Promise<string>
}

const constants: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'commit.gpgSign=false',
  'merge.verifySignatures=false',
  'i18n.commitEncoding=utf-8',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.graftFileDeprecated=false',
].flatMap((setting) => ['-c', setting])

/** What git may know of our environment: nothing that moves it to another repository, nothing secret. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'GIT_SSH_COMMAND',
  'GIT_CONFIG_GLOBAL',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
] as const

/** Another git process is at it: it holds a lock, or is in the middle of making a worktree. */
const busy =
  /unable to create '[^'\n]*\.lock': file exists|unable to lock|could not lock config file|failed to read [^\n]*\/commondir/i
const noRoom = /no space left on device|disk quota exceeded/i
const lockPatience = 3_000

/** Opens git in `place`. Reads the configuration there once, to know which programs it names. */
export async function openGit(place: GitPlace): Promise<Git> {
  const listed = await spawnGit(place, ['config', '--list', '-z', '--show-scope'], {}, {})
  if (listed.code !== 0) throw failure('config', listed)
  const safeguards = readSafeguards(listed.stdout)
  const attempt = (args: readonly string[], options: GitOptions = {}) => patiently(place, args, options, safeguards)
  return {
    place,
    setting: (key) => safeguards.settings.get(key),
    try: attempt,
    run: async (args, options) => {
      const result = await attempt(args, options)
      if (result.code !== 0) throw failure(args[0] ?? '', result)
      return result.stdout
    },
  }
}

/** What git said, in one bounded line, without passwords in addresses and without control characters. */
export function said(result: Pick<ExecResult, 'stdout' | 'stderr'>): string {
  const text = (result.stderr || result.stdout).replace(/^hint:.*$/gm, '').replace(/\/\/[^@/\s]*@/g, '//')
  return plainLine(text, 500)
}

async function patiently(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions,
  safeguards: Safeguards,
): Promise<ExecResult> {
  const until = Date.now() + lockPatience
  for (let wait = 15; ; wait = Math.min(wait * 2, 300)) {
    const result = await spawnGit(place, args, options, safeguards.env)
    if (result.code !== 0 && noRoom.test(result.stderr)) throw new GembaError('disk_full', { path: place.gitDir })
    if (result.code === 0 || !busy.test(result.stderr) || Date.now() > until) return result
    await pause(wait * (0.5 + Math.random()))
  }
}

function spawnGit(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions,
  overrides: Readonly<Record<string, string>>,
): Promise<ExecResult> {
  const { apart, timeout = 60_000, env, ...rest } = options
  const settings = {
    ...rest,
    cwd: place.workTree,
    env: environment({ ...overrides, GIT_DIR: place.gitDir, GIT_WORK_TREE: place.workTree, ...env }),
  }
  const command = ['--no-pager', ...constants, ...args]
  if (apart === undefined) return exec(locateTool('git'), command, { ...settings, timeout })
  return execApart(locateTool('git'), command, { ...settings, ...(apart === true ? {} : { begin: apart }) })
}

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = passedOn.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // A look is killed after its time, and must not leave a lock behind.
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ASKPASS: '',
    GIT_EDITOR: 'true',
    GIT_SEQUENCE_EDITOR: 'true',
    GIT_ALLOW_PROTOCOL: 'file:https:http:ssh',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_GRAFT_FILE: '/dev/null',
    ...more,
  }
}

function failure(command: string, result: ExecResult): ExecError {
  return new ExecError(`git ${command} ended with ${result.code}: ${said(result)}`, 'failed', result, undefined)
}
