import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import type { NewEvent } from '../model/event.ts'
import type { SessionManifest } from '../model/manifest.ts'
import { nextRevision } from '../planes/work/revision.ts'
import type { Store } from '../store/store.ts'

/** What tells of each source that is opened, the one after the other. */
export interface ManifestSources {
  onSelect(
    listener: (open: { readonly manifest: Pick<SessionManifest, 'state' | 'onAppend' | 'onState'> }) => void,
  ): void
}

/**
 * Tells the event log of each entry of the session manifest of the present source and of each change of its state, in
 * their order, for consoles that show the Beads history. Of a source that was left nothing more is told. The file is
 * the record: what the log can not take is read from there. Returns the release.
 */
export function recordManifests(
  sources: ManifestSources,
  store: Pick<Store, 'append'>,
  logger: Logger,
): () => Promise<void> {
  let waiting: NewEvent[] = []
  let last = Promise.resolve()
  let releases: (() => void)[] = []
  /** What came while others were told goes together. */
  const tellWaiting = async (): Promise<void> => {
    const events = waiting
    waiting = []
    if (events.length === 0) return
    await store
      .append(events)
      .catch((err: unknown) => logger.error({ err }, 'entries of the session manifest were not told'))
  }
  const tell = (body: NewEvent['body']): void => {
    const at = new Date().toISOString()
    waiting.push({ source: 'manifest', sourceRevision: nextRevision(), at, actor: system, body })
    last = last.then(tellWaiting)
  }
  const leave = (): void => {
    for (const release of releases) release()
    releases = []
  }
  sources.onSelect(({ manifest }) => {
    leave()
    // Whoever heard last of the source before hears now of this one.
    tell({ kind: 'manifest.changed', state: manifest.state() })
    releases = [
      manifest.onAppend((entry) => tell({ kind: 'manifest.appended', entry })),
      manifest.onState((state) => tell({ kind: 'manifest.changed', state })),
    ]
  })
  return async () => {
    leave()
    await last
  }
}
