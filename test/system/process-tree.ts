import { readdirSync, readFileSync } from 'node:fs'

interface Seen {
  readonly parent: number
  /** Page faults of the children that ended and were waited for: grows with every child, however short its life. */
  readonly ofEndedChildren: number
}

/** A process and all below it, by `/proc`: for each its pid and what its ended children have cost. Linux only. */
export function processTree(roots: readonly number[]): Map<number, number> {
  const all = new Map<number, Seen>()
  for (const name of readdirSync('/proc')) {
    const seen = /^\d+$/.test(name) ? readProcess(name) : undefined
    if (seen !== undefined) all.set(Number(name), seen)
  }
  const tree = new Map<number, number>()
  const add = (pid: number): void => {
    const seen = all.get(pid)
    if (seen === undefined || tree.has(pid)) return
    tree.set(pid, seen.ofEndedChildren)
    for (const [child, { parent }] of all) if (parent === pid) add(child)
  }
  for (const root of roots) add(root)
  return tree
}

/** The pids of processes whose command line says `text`. */
export function pidsNaming(text: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const line = /^\d+$/.test(name) ? read(`/proc/${name}/cmdline`) : undefined
    return line?.split('\0').includes(text) === true ? [Number(name)] : []
  })
}

function readProcess(pid: string): Seen | undefined {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name in parentheses may hold anything; the fields are counted from behind it, where the state is.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), ofEndedChildren: Number(fields[8]) }
}

/** Undefined when the process has ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
