import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { exec } from '../runtime/exec.ts'
import { locateTool } from '../runtime/tools/locate.ts'
import { readFileIfAny } from './atomic-file.ts'

/** A file of ours in a person's folder, as git sees it. */
export interface UntrackedFile {
  readonly tracked: boolean
  /** Keeps it out of `git status`, by the repository's own exclude file. Does nothing where there is no repository. */
  hide(): void
}

/** Looks at `path` below `folder`, with slashes and without git's wildcards. */
export async function untrackedFile(folder: string, path: string): Promise<UntrackedFile> {
  const git = locateTool('git')
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  const ask = (...args: string[]) => exec(git, [...safe, ...args], { cwd: folder, timeout: 10_000 })
  const excludes = await ask('rev-parse', '--git-path', 'info/exclude')
  if (excludes.code !== 0) return { tracked: false, hide: () => undefined }
  const listed = await ask('ls-files', '--error-unmatch', '--', path)
  const named = excludes.stdout.trim()
  return {
    tracked: listed.code === 0,
    // Two stars: the folder may stand below the work tree's root.
    hide: () => exclude(isAbsolute(named) ? named : join(folder, named), `**/${path}`),
  }
}

function exclude(file: string, line: string): void {
  const text = readFileIfAny(file) ?? ''
  if (text.split('\n').includes(line)) return
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}
