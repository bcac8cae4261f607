import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { exec } from '../runtime/exec.ts'
import { findTool } from '../runtime/tools/locate.ts'

/**
 * Keeps folders of ours out of `git status`, by the repository's own exclude file, which is never committed.
 * Does nothing where there is no repository.
 */
export async function excludeFromGit(folder: string, patterns: readonly string[]): Promise<void> {
  const git = findTool('git')
  if (git === undefined) return
  const asked = await exec(git, ['-C', folder, 'rev-parse', '--show-toplevel', '--git-path', 'info/exclude'])
  const [top, path] = asked.stdout.trim().split('\n')
  if (asked.code !== 0 || path === undefined || top !== resolve(folder)) return
  const file = resolve(folder, path)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = patterns.filter((pattern) => !text.split('\n').includes(pattern))
  if (missing.length === 0) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`)
}
