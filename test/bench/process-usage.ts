import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** One process as `/proc` shows it. Times are in clock ticks, 100 a second. */
interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly ticks: number
  /** Minor page faults of the children it has waited for: it moves whenever a child has come and gone. */
  readonly childFaults: number
}

/** What a group of processes used over a time. */
export interface Usage {
  /** Of one core. */
  readonly cpuPercent: number
  /** Resident memory in MB: proportional shares (PSS) where they can be read. */
  readonly memory: number
  readonly memoryKind: 'PSS' | 'RSS'
  /** Processes that were born, or were born and had ended between two looks. */
  readonly forks: number
  readonly processes: number
}

const ticksPerSecond = 100
const lookMs = 100

/** Watches the processes that descend from `root` for a while; `nameOf` puts each into a group by its process group. */
export async function watchProcesses(
  root: number,
  seconds: number,
  nameOf: (group: number, pid: number) => string,
): Promise<ReadonlyMap<string, Usage>> {
  const first = family(root)
  let before = first
  const forks = new Map<string, number>()
  const begun = performance.now()
  while (performance.now() - begun < seconds * 1_000) {
    await sleep(lookMs)
    const now = family(root)
    for (const stat of now.values()) {
      const name = nameOf(stat.group, stat.pid)
      const earlier = before.get(stat.pid)
      const born = earlier === undefined ? 1 : 0
      const reaped = earlier !== undefined && earlier.childFaults !== stat.childFaults ? 1 : 0
      forks.set(name, (forks.get(name) ?? 0) + born + reaped)
    }
    before = now
  }
  return usageOf(first, before, (performance.now() - begun) / 1_000, forks, nameOf)
}

function usageOf(
  first: ReadonlyMap<number, ProcessStat>,
  last: ReadonlyMap<number, ProcessStat>,
  seconds: number,
  forks: ReadonlyMap<string, number>,
  nameOf: (group: number, pid: number) => string,
): ReadonlyMap<string, Usage> {
  const groups = Map.groupBy(last.values(), (stat) => nameOf(stat.group, stat.pid))
  return new Map(
    [...groups].map(([name, stats]) => {
      const ticks = stats.reduce((sum, stat) => sum + stat.ticks - (first.get(stat.pid)?.ticks ?? 0), 0)
      const memories = stats.map(({ pid }) => memoryOf(pid))
      const usage: Usage = {
        cpuPercent: (ticks / ticksPerSecond / seconds) * 100,
        memory: memories.reduce((sum, { kilobytes }) => sum + kilobytes, 0) / 1_000,
        memoryKind: memories.every(({ kind }) => kind === 'PSS') ? 'PSS' : 'RSS',
        forks: forks.get(name) ?? 0,
        processes: stats.length,
      }
      return [name, usage]
    }),
  )
}

/** `root` and all that descend from it. */
function family(root: number): Map<number, ProcessStat> {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? [])
  const children = Map.groupBy(all, (stat) => stat.parent)
  const found = new Map<number, ProcessStat>()
  const visit = (stat: ProcessStat): void => {
    found.set(stat.pid, stat)
    for (const child of children.get(stat.pid) ?? []) visit(child)
  }
  const first = all.find((stat) => stat.pid === root)
  if (first === undefined) throw new Error(`process ${root} is gone`)
  visit(first)
  return found
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  if (text === '') return undefined
  // The state letter follows the name, which may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const at = (index: number): number => Number(fields[index])
  return { pid, parent: at(1), group: at(2), childFaults: at(8), ticks: at(11) + at(12) }
}

function memoryOf(pid: number): { readonly kilobytes: number; readonly kind: 'PSS' | 'RSS' } {
  const pss = /^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))
  if (pss !== null) return { kilobytes: Number(pss[1]) * 1.024, kind: 'PSS' }
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))
  return { kilobytes: Number(rss?.[1] ?? 0) * 1.024, kind: 'RSS' }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
