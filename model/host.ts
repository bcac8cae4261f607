/** A machine that runs agents. `local` is the server's own box. */
export type HostStatus = 'enrolling' | 'online' | 'degraded' | 'offline' | 'revoked'

/** The ids that the server's own host may have: several projects may share a Temporal that is not ours, their hosts must not. */
export function localHosts(project: string): readonly [own: string, shared: string] {
  return ['local', `local-${project}`]
}

/** Whether nothing is to be expected of the host until it is heard again. */
export function isAway(status: HostStatus): boolean {
  return status === 'offline' || status === 'revoked'
}

export interface HostView {
  readonly id: string
  readonly label: string
  readonly status: HostStatus
  readonly kinds: readonly string[]
  readonly slots: number
  readonly lastSeen: string | null
  readonly version: string
}

/** What a host says of itself and of the panes it found running, at connect and every 10 s. */
export interface Announcement {
  readonly host: string
  readonly instance: string
  readonly version: string
  readonly kinds: readonly string[]
  readonly slots: number
  readonly panes: readonly AnnouncedPane[]
}

export interface AnnouncedPane {
  readonly session: string
  readonly bead: string
  readonly repository: string
  readonly fence: number
  readonly alive: boolean
  /** Clean worktree whose own commits the base holds, as last looked at; whoever acts on it has it looked at again. */
  readonly integrated: boolean
}
