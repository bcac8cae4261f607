import type { Logger } from 'pino'
import type { HostHub } from '../api/host-hub.ts'
import type { Announcement } from '../model/host.ts'
import type { Project } from '../model/project.ts'
import type { Store } from '../store/store.ts'
import type { Processes } from '../temporal/processes.ts'
import type { Reconciler } from './reconciler.ts'

export interface HostFollowerDeps {
  readonly project: Project
  readonly store: Store
  readonly hub: HostHub
  readonly processes: () => Processes | undefined
  readonly reconciler: Reconciler
  readonly logger: Logger
}

export interface HostFollower {
  /** Tells of the hosts that announced themselves before Temporal could be told, and of those that stay away. */
  catchUp(): Promise<void>
  /** Tells of all hosts anew: Temporal has lost what it was told. */
  again(): Promise<void>
  close(): void
}

/** Tells the host workflows when a host is heard or falls silent: edges only, the rest stays in the hub. */
export function followHosts({ project, store, hub, processes, reconciler, logger }: HostFollowerDeps): HostFollower {
  const heard = new Map<string, string>()
  const tell = (what: Promise<void> | undefined): void => {
    what?.catch((error: unknown) => logger.warn({ err: error }, 'a host could not be reported'))
  }
  const hear = ({ host, instance, kinds, slots, version }: Announcement): void => {
    const known = processes()
    if (known === undefined || heard.get(host) === instance) return
    heard.set(host, instance)
    tell(
      known.hostAnnounced({ id: host, label: host, kinds, slots, version }).catch((error: unknown) => {
        heard.delete(host)
        throw error
      }),
    )
    reconciler.look()
  }
  const releases = [
    hub.onAnnounce(hear),
    hub.onSilent((host: string) => {
      heard.delete(host)
      tell(processes()?.hostSilent(host, Date.now()))
    }),
  ]
  async function catchUp(): Promise<void> {
    for (const announcement of hub.announcements()) hear(announcement)
    const known = await store.snapshots({ kind: 'host', project: project.id, open: true, limit: 1000 })
    const since = Date.now()
    for (const { id } of known.items) if (!heard.has(id)) tell(processes()?.hostSilent(id, since))
  }
  return {
    catchUp,
    again() {
      heard.clear()
      return catchUp()
    },
    close() {
      for (const release of releases) release()
    },
  }
}
