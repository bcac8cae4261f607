import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { exec } from '../runtime/exec.ts'
import { findTool } from '../runtime/tools/locate.ts'

/** What a project has for itself: git shows and adds neither. */
export const ownPaths = ['/.gemba/data/', '/.gemba/worktrees/', '/.gemba/session-manifest.jsonl*']

/**
 * Keeps what is ours out of `git status`, by the repository's own exclude file, which is never committed.
 * `patterns` begin at `folder`, which may stand deep in its repository. Does nothing where there is no repository.
 */
export async function excludeFromGit(folder: string, patterns: readonly string[]): Promise<void> {
  const git = findTool('git')
  if (git === undefined) return
  const asked = await exec(git, ['-C', folder, 'rev-parse', '--show-prefix', '--git-path', 'info/exclude'])
  const [prefix, path, ...more] = asked.stdout.replace(/\n$/, '').split('\n')
  if (asked.code !== 0 || prefix === undefined || path === undefined || more.length > 0) return
  const file = resolve(folder, path)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const below = prefix.replace(/\/$/, '').replace(/[\\*?[\]]/g, '\\$&')
  const wanted = patterns.map((pattern) => (below === '' ? pattern : `/${below}${pattern}`))
  const missing = wanted.filter((pattern) => !text.split('\n').includes(pattern))
  if (missing.length === 0) return
  mkdirSync(dirname(file), { recursive: true })
  // Appended: what the person wrote there stays, also when the disk is full.
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`)
}
