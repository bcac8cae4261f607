import type { Logger } from 'pino'
import type { HostHub } from '../api/host-hub.ts'
import type { Announcement } from '../model/host.ts'
import type { Project } from '../model/project.ts'
import type { Store } from '../store/store.ts'
import type { Processes } from '../temporal/processes.ts'
import type { Reconciler } from './reconciler.ts'

export interface HostFollowerDeps {
  readonly project: Pick<Project, 'id'>
  readonly store: Pick<Store, 'snapshots'>
  readonly hub: Pick<HostHub, 'announcements' | 'isAttached' | 'onAnnounce' | 'onSilent'>
  readonly processes: () => Pick<Processes, 'hostAnnounced' | 'hostSilent'> | undefined
  readonly reconciler: Pick<Reconciler, 'look'>
  readonly logger: Pick<Logger, 'warn'>
  /** Ms after which what could not be told is told again. */
  readonly retryMs?: number
}

export interface HostFollower {
  /** Tells of the hosts that announced themselves before Temporal could be told, and of those that stay away. */
  catchUp(): Promise<void>
  /** Tells of all hosts anew: Temporal has lost what it was told. */
  again(): Promise<void>
  close(): void
}

/** What is to be told of a host: the announcement of one that is heard, or since when it is silent. */
type News = { readonly heard: Announcement } | { readonly silentSince: number }

/**
 * Tells the host workflows when a host is heard or falls silent: edges only, the rest stays in the hub. What could not be
 * told is told again, as it is then.
 */
export function followHosts(deps: HostFollowerDeps): HostFollower {
  const { project, store, hub, processes, reconciler, logger, retryMs = 2_000 } = deps
  const news = new Map<string, News>()
  const told = new Map<string, News>()
  let telling: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function tell(host: string, what: News): Promise<void> {
    const known = processes()
    if (known === undefined) return
    if ('silentSince' in what) await known.hostSilent(host, what.silentSince)
    else {
      const { kinds, slots, version } = what.heard
      await known.hostAnnounced({ id: host, label: host, kinds, slots, version })
    }
    told.set(host, what)
  }

  async function tellAll(): Promise<void> {
    for (const [host, what] of news) {
      if (told.get(host) === what) continue
      await tell(host, what).catch((error: unknown) =>
        logger.warn({ err: error, host }, 'a host could not be reported'),
      )
    }
  }

  /** One at a time and in order: the last word about a host is the last that is told. */
  function flush(): void {
    if (closed || telling !== undefined || processes() === undefined) return
    telling = tellAll().finally(() => {
      telling = undefined
      clearTimeout(timer)
      if (!closed && [...news].some(([host, what]) => told.get(host) !== what)) timer = setTimeout(flush, retryMs)
    })
  }

  function hear(announcement: Announcement): void {
    const last = news.get(announcement.host)
    if (last !== undefined && 'heard' in last && last.heard.instance === announcement.instance) return
    news.set(announcement.host, { heard: announcement })
    flush()
    reconciler.look()
  }

  function miss(host: string, silentSince: number): void {
    news.set(host, { silentSince })
    flush()
  }

  const releases = [hub.onAnnounce(hear), hub.onSilent((host) => miss(host, Date.now()))]

  async function catchUp(): Promise<void> {
    for (const announcement of hub.announcements()) if (hub.isAttached(announcement.host)) hear(announcement)
    const known = await store.snapshots({ kind: 'host', project: project.id, open: true, limit: 1000 })
    const since = Date.now()
    for (const { id } of known.items) if (!hub.isAttached(id)) miss(id, since)
    flush()
  }

  return {
    catchUp,
    again() {
      told.clear()
      return catchUp()
    },
    close() {
      closed = true
      clearTimeout(timer)
      for (const release of releases) release()
    },
  }
}
