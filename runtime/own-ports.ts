import { readFileSync } from 'node:fs'

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Where we look first: below what Linux and macOS give to outgoing connections. */
const preferred: PortRange = { first: 20_000, last: 32_000 }
const highest = 65_535
/** Fewer ports than that are too few to find a free one by chance. */
const least = 1_000

/**
 * Ports that the system does not give to outgoing connections of any program: one that is kept from start to start stays
 * ours while we are away.
 */
export function ownPorts(taken: PortRange = outgoingPorts()): PortRange {
  const below = { first: preferred.first, last: Math.min(preferred.last, taken.first - 1) }
  const lower = { first: Math.max(1_024, taken.first - 12_000), last: taken.first - 1 }
  const above = { first: taken.last + 1, last: highest }
  const beside = { ...preferred, first: Math.max(preferred.first, taken.last + 1) }
  return [below, beside, above, lower].find(({ first, last }) => last - first + 1 >= least) ?? preferred
}

/** What the system takes for outgoing connections. */
function outgoingPorts(): PortRange {
  if (process.platform !== 'linux') return { first: 49_152, last: highest }
  try {
    return rangeOf(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'))
  } catch {
    return rangeOf('')
  }
}

/** Reads Linux's `32768	60999`; all from 32768 on where it says nothing. */
export function rangeOf(text: string): PortRange {
  const [, first, last] = /^(\d+)\s+(\d+)/.exec(text) ?? []
  return { first: Number(first ?? 32_768), last: Number(last ?? highest) }
}
