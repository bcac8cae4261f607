import { readdirSync, readFileSync } from 'node:fs'
import { isAlive, processStat, type ProcessIdentity } from '../runtime/process-identity.ts'
import { untilTrue } from './until-true.ts'

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

function relatives(leader: ProcessIdentity, marker: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return isAlive(leader) ? [leader] : []
  const leads = isAlive(leader)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => {
      const stat = pid === process.pid ? undefined : processStat(pid)
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
