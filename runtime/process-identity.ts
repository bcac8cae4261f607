import { readFileSync } from 'node:fs'
import { exec } from './exec.ts'

/** A process for good: its number is used again after its death, number and start together are not. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the words of its platform; only compared. Empty for a number that nobody had: never alive. */
  readonly start: string
}

/** Who runs under this number now. Forks only where there is no `/proc`. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  if (process.platform === 'linux') return { pid, start: processStat(pid)?.start ?? '' }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const { stdout } = await exec('ps', ['-o', 'lstart=', '-p', String(pid)], { env, timeout: 5_000 })
  return { pid, start: stdout.trim() }
}

/**
 * Whether that very process still runs; a zombie does not. A few system calls, no fork: where there is no `/proc` it is
 * only whether some process has the number.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.start === '') return false
  if (process.platform !== 'linux') return isRunning(identity.pid)
  const stat = processStat(identity.pid)
  return stat !== undefined && stat.start === identity.start && stat.state !== 'Z' && stat.state !== 'X'
}

/** `isAlive`, and exact everywhere: for what outlives a process, such as a lock. */
export async function isStillRunning(identity: ProcessIdentity): Promise<boolean> {
  if (!isAlive(identity)) return false
  return process.platform === 'linux' || (await identify(identity.pid)).start === identity.start
}

let boot: string | undefined

/** What Linux says of a process: its state's letter, the session it belongs to, and its start. Undefined when it is gone. */
export function processStat(pid: number): { state: string; session: number; start: string } | undefined {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The fields follow the name, which may hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', session: Number(fields[3]), start: `${boot}/${fields[19] ?? ''}` }
  } catch {
    return undefined
  }
}

/** Whether any process has this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
