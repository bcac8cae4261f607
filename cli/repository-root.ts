import { existsSync } from 'node:fs'
import { GembaError } from '../model/error.ts'
import { exec, type ExecResult } from '../runtime/exec.ts'
import { requireTool } from '../runtime/tools/ensure.ts'

/**
 * The working folder of the repository that `folder` is in. `not_a_repository` when it is in none, and
 * `repository_refused` when git will not look at it because it belongs to another user.
 */
export async function repositoryRoot(folder: string): Promise<string> {
  if (!existsSync(folder)) throw new GembaError('not_a_repository', { folder })
  const asked = await git(folder, ['rev-parse', '--show-toplevel'])
  if (asked.code === 0) return asked.stdout.trim()
  const refused = /dubious ownership in repository at '([^'\n]+)'/.exec(asked.stderr)?.[1]
  if (refused === undefined) throw new GembaError('not_a_repository', { folder })
  throw new GembaError('repository_refused', { folder: refused })
}

/** Runs git in a folder, its words in English. */
export function git(folder: string, args: readonly string[]): Promise<ExecResult> {
  return exec(requireTool('git'), ['-C', folder, ...args], { env: { ...process.env, LC_ALL: 'C' } })
}
