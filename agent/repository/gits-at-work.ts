import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { exec } from '../../runtime/exec.ts'
import type { GitPlace } from './git.ts'

/** Where other worktrees lie below a checkout, and their git folders below its own. */
const others = ['.gemba/worktrees', '.git/worktrees']
const isGit = /^git(-|$)/
/** Options that say where git works come before its command. */
const looked = 32

/**
 * The numbers of the git processes of this machine that may be at work in a checkout, whoever started them; not those in
 * beads' worktrees below it. One whose folder can not be seen is among them; without `/proc` every git is.
 */
export async function gitsAtWork(place: GitPlace): Promise<ReadonlySet<string>> {
  if (process.platform !== 'linux') return everyGit()
  const places = await Promise.all([place.workTree, place.gitDir].map(resolved))
  const found = new Set<string>()
  for (const pid of await readdir('/proc')) if (/^\d+$/.test(pid) && (await worksIn(pid, places))) found.add(pid)
  return found
}

async function worksIn(pid: string, places: readonly string[]): Promise<boolean> {
  if (!isGit.test((await textOf(pid, 'comm')).trim())) return false
  const cwd = await readlink(`/proc/${pid}/cwd`).catch((error: unknown) => (isDenied(error) ? undefined : ''))
  if (cwd === undefined || cwd === '') return cwd === undefined
  const options = (await textOf(pid, 'cmdline')).split('\0').slice(0, looked)
  const variables = (await textOf(pid, 'environ'))
    .split('\0')
    .filter((text) => /^GIT_(DIR|WORK_TREE|INDEX_FILE)=/.test(text))
  const named = [...options, ...variables].map((text) => resolve(cwd, text.slice(text.indexOf('=') + 1)))
  const folders = await Promise.all([cwd, ...named].map(resolved))
  return folders.some((folder) => places.some((place) => isIn(folder, place)))
}

/** In a place itself, and in no other worktree that lies below it. */
function isIn(folder: string, place: string): boolean {
  return isBelow(folder, place) && !others.some((other) => isBelow(folder, join(place, other)))
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

async function everyGit(): Promise<ReadonlySet<string>> {
  const { code, stdout } = await exec('ps', ['-axo', 'pid=,comm='], { timeout: 5_000 })
  if (code !== 0) return new Set(['unknown'])
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return new Set(lines.flatMap(([pid = '', ...name]) => (isGit.test(basename(name.join(' '))) ? [pid] : [])))
}

function textOf(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}

function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
}
