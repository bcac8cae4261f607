import { readdirSync, readFileSync } from 'node:fs'
import { exec } from '../runtime/exec.ts'

/** A process for good: its number is used again after its death, number and start together are not. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, as the system tells it; `gone` for one that had ended before we could look. */
  readonly start: string
}

const gone = 'gone'

/** Who runs under this number now. Forks only where there is no `/proc`. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  if (process.platform === 'linux') return { pid, start: readStat(pid)?.start ?? gone }
  const { stdout } = await exec('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 5_000 })
  return { pid, start: stdout.trim() || gone }
}

/** Whether that very process still runs; a zombie does not. A few system calls, no fork. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.start === gone) return false
  if (process.platform === 'linux') {
    const stat = readStat(identity.pid)
    return stat !== undefined && stat.start === identity.start && stat.state !== 'Z' && stat.state !== 'X'
  }
  try {
    process.kill(identity.pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Ends a process and everything that came from it: its terminal's session, and whoever carries `marker` in its
 * environment. First asked to hang up, then killed after `graceMs`. False when something could not be killed.
 */
export async function endFamily(leader: ProcessIdentity, marker: string, graceMs: number): Promise<boolean> {
  const family = new Map<string, ProcessIdentity>()
  const survivors = () => {
    for (const member of relatives(leader, marker)) family.set(`${member.pid}/${member.start}`, member)
    return [...family.values()].filter(isAlive)
  }
  signalAll(survivors(), leader, 'SIGHUP')
  if (await untilTrue(() => survivors().length === 0, graceMs)) return true
  for (let round = 0; round < 20; round += 1) {
    signalAll(survivors(), leader, 'SIGKILL')
    if (await untilTrue(() => survivors().length === 0, 250)) return true
  }
  return false
}

/** Looks every 25 ms until `holds` or the time is over; answers whether it held. */
export async function untilTrue(holds: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!holds()) {
    if (performance.now() >= end) return false
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return true
}

function relatives(leader: ProcessIdentity, marker: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return isAlive(leader) ? [leader] : []
  const leads = isAlive(leader)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => {
      const stat = pid === process.pid ? undefined : readStat(pid)
      if (stat === undefined || !((leads && stat.session === leader.pid) || carries(pid, marker))) return []
      return [{ pid, start: stat.start }]
    })
}

function signalAll(family: readonly ProcessIdentity[], leader: ProcessIdentity, signal: 'SIGHUP' | 'SIGKILL'): void {
  const targets = family.map((member) => member.pid)
  if (process.platform !== 'linux' && targets.length > 0) targets.push(-leader.pid)
  for (const target of targets) {
    try {
      process.kill(target, signal)
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function carries(pid: number, marker: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`.includes(`\0${marker}\0`)
  } catch {
    return false
  }
}

let boot: string | undefined

function readStat(pid: number): { state: string; session: number; start: string } | undefined {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', session: Number(fields[3]), start: `${boot}/${fields[19] ?? ''}` }
  } catch {
    return undefined
  }
}
