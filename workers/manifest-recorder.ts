import type { Logger } from 'pino'
import { system } from '../model/actor.ts'
import type { NewEvent } from '../model/event.ts'
import type { SessionManifest } from '../model/manifest.ts'
import { nextRevision } from '../planes/work/revision.ts'
import type { Store } from '../store/store.ts'

/**
 * Tells the event log of each entry of the session manifest and of each change of its state, in their order, for
 * consoles that show the Beads history. The file is the record: what the log can not take is read from there. Returns
 * the release.
 */
export function recordManifest(
  manifest: Pick<SessionManifest, 'onAppend' | 'onState'>,
  store: Pick<Store, 'append'>,
  logger: Logger,
): () => Promise<void> {
  let waiting: NewEvent[] = []
  let last = Promise.resolve()
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
  const releases = [
    manifest.onAppend((entry) => tell({ kind: 'manifest.appended', entry })),
    manifest.onState((state) => tell({ kind: 'manifest.changed', state })),
  ]
  return async () => {
    for (const release of releases) release()
    await last
  }
}
