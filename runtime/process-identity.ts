import { readFileSync } from 'node:fs'
import { exec } from './exec.ts'

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the words of its platform; only compared. Empty when it could not be learnt. */
  readonly started: string
}

/** The identity of a running process, or undefined when there is none with this pid. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (process.platform === 'linux') return fromProc(pid)
  if (!exists(pid)) return undefined
  const asked = await exec('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  })
  const started = asked.stdout.trim()
  return started === '' ? undefined : { pid, started }
}

/** Whether exactly this process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(identity.pid)
  return now !== undefined && now.started === identity.started
}

/** Our own identity. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const own = await identifyProcess(process.pid)
  return own ?? { pid: process.pid, started: '' }
}

/** The state letter and start time (ticks since boot) follow the name, which may hold blanks and brackets. */
function fromProc(pid: number): ProcessIdentity | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ticks] = [fields[0], fields[19]]
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined
  const boot = readOrEmpty('/proc/sys/kernel/random/boot_id').trim()
  return { pid, started: `${boot}:${ticks}` }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
