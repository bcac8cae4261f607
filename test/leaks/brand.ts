import { readFileSync } from 'node:fs'
import { exec } from '../../runtime/exec.ts'
import { findProgram } from '../../runtime/tools/locate.ts'

/**
 * What marks a process and everything that comes from it. Linux keeps for each process a limit of file locks that has
 * meant nothing since version 2.4.25. Children inherit it, whatever becomes of their environment, session, folder and
 * parents, and an ordinary user can lower it. The hard limit says the run, the soft one the test file.
 */
export interface Brand {
  readonly run: number
  /** The same as `run` for the run's own processes. */
  readonly file: number
}

/** Brands a process of ours. False where there is no such limit, or no `prlimit` to set it. */
export async function brand(pid: number, { run, file }: Brand): Promise<boolean> {
  const prlimit = findProgram('prlimit')
  if (prlimit === undefined || hardLimit(pid) === undefined) return false
  await exec(prlimit, ['--pid', String(pid), `--locks=${file}:${run}`])
  const now = brandOf(pid)
  return now?.run === run && now.file === file
}

/** The number of a new run: below ours if we are branded ourselves, because a hard limit can only be lowered. */
export function newRunNumber(): number {
  const below = Math.min(hardLimit(process.pid) ?? Infinity, 2 ** 41)
  return Math.floor(below / 2 + Math.random() * (below / 2 - 1))
}

/** Undefined for a process that is gone or has no such brand. */
export function brandOf(pid: number): Brand | undefined {
  const [file, run] = limits(pid).map(Number)
  return Number.isInteger(file) && Number.isInteger(run) ? { file: file ?? 0, run: run ?? 0 } : undefined
}

function hardLimit(pid: number): number | undefined {
  const hard = limits(pid)[1]
  return hard === 'unlimited' ? Infinity : hard === undefined ? undefined : Number(hard)
}

/** Soft and hard limit, in Linux's words. */
function limits(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/limits`, 'latin1')
    return /^Max file locks +(\S+) +(\S+)/m.exec(text)?.slice(1) ?? []
  } catch {
    return []
  }
}
