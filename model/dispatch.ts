import { repositoryOf, type KnownAgent, type KnownRepository } from './agent.ts'
import { isWork } from './bead.ts'
import type { ErrorCode } from './error.ts'
import type { HostStatus } from './host.ts'

/** What the dispatcher goes by; pushed to it whenever the configuration changes. */
export interface DispatchConfig {
  readonly repositories: readonly KnownRepository[]
  readonly agents: readonly KnownAgent[]
  readonly defaultAgent: string
  /** Sessions at a time over all hosts. */
  readonly maxSessions: number
}

export interface Seat {
  readonly session: string
  readonly bead: string
  readonly host: string
  readonly agent: string
}

export interface KnownHost {
  readonly id: string
  readonly status: HostStatus
  readonly slots: number
}

/** What Beads says of a bead at the moment of admission. */
export interface Candidate {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly assignee: string | null
  readonly labels: readonly string[]
  readonly blockedBy: readonly string[]
}

export interface Wish {
  readonly bead: string
  readonly agent?: string
  readonly host?: string
  readonly force?: boolean
}

export type Admission =
  | { readonly admitted: true; readonly repository: KnownRepository; readonly agent: KnownAgent; readonly host: string }
  | { readonly admitted: false; readonly code: ErrorCode; readonly params: Readonly<Record<string, string>> }

/** Whether a wish may start now, and where. The limits hold over all seats, whoever asked for them. */
export function admit(
  wish: Wish,
  candidate: Candidate | undefined,
  config: DispatchConfig,
  seats: readonly Seat[],
  hosts: readonly KnownHost[],
): Admission {
  if (candidate === undefined) return refuse('bead_not_found', { bead: wish.bead })
  const bead = candidate.id
  const taken = seats.find((seat) => seat.bead === bead)
  if (taken !== undefined) return refuse('bead_already_claimed', { bead, holder: `session ${taken.session}` })
  const unfit = unfitness(candidate, wish.force === true)
  if (unfit !== undefined) return unfit
  const repository = repositoryOf(candidate, config.repositories)
  if (repository === undefined) return refuse('repository_unspecified', { bead })
  const name = wish.agent ?? config.defaultAgent
  const agent = config.agents.find((known) => known.name === name)
  if (agent === undefined) {
    return refuse('agent_unknown', { agent: name, known: config.agents.map((known) => known.name).join(', ') })
  }
  if (seats.length >= config.maxSessions) return refuse('dispatch_full', { limit: String(config.maxSessions) })
  const host = chooseHost(wish, agent, seats, hosts)
  return typeof host === 'string' ? { admitted: true, repository, agent, host } : host
}

function unfitness(candidate: Candidate, force: boolean): Admission | undefined {
  const bead = candidate.id
  if (!isWork(candidate.type))
    return refuse('bead_not_startable', { bead, why: `a ${candidate.type} is not work for an agent` })
  if (candidate.assignee !== null && candidate.assignee !== '') {
    return refuse('bead_already_claimed', { bead, holder: candidate.assignee })
  }
  if (candidate.status !== 'open')
    return refuse('bead_not_startable', { bead, why: `its status is ${candidate.status}` })
  if (candidate.blockedBy.length > 0 && !force) {
    return refuse('bead_blocked', { bead, blockers: named(candidate.blockedBy) })
  }
  return undefined
}

/** As many as a person reads. */
function named(ids: readonly string[]): string {
  const rest = ids.length - mostNamed
  return [...ids.slice(0, mostNamed), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}

const mostNamed = 10

function chooseHost(
  wish: Wish,
  agent: KnownAgent,
  seats: readonly Seat[],
  hosts: readonly KnownHost[],
): string | Extract<Admission, { admitted: false }> {
  const wanted = wish.host === undefined ? hosts : hosts.filter((host) => host.id === wish.host)
  if (wanted.length === 0)
    return refuse(wish.host === undefined ? 'host_offline' : 'host_unknown', { host: wish.host ?? 'any' })
  const online = wanted.filter((host) => host.status === 'online' || host.status === 'degraded')
  if (online.length === 0) return refuse('host_offline', { host: wanted.map((host) => host.id).join(', ') })
  const free = online
    .map((host) => ({ id: host.id, left: host.slots - seats.filter((seat) => seat.host === host.id).length }))
    .filter((host) => host.left > 0 && agentsOn(host.id, agent.name, seats) < agent.maxParallel)
    .sort((a, b) => b.left - a.left || a.id.localeCompare(b.id))
  return free[0]?.id ?? refuse('dispatch_full', { limit: String(online.reduce((sum, host) => sum + host.slots, 0)) })
}

function agentsOn(host: string, agent: string, seats: readonly Seat[]): number {
  return seats.filter((seat) => seat.host === host && seat.agent === agent).length
}

function refuse(code: ErrorCode, params: Record<string, string>): Extract<Admission, { admitted: false }> {
  return { admitted: false, code, params }
}
