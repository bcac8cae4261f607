import { GembaError } from '../../model/error.ts'
import type { WorkPlane } from '../../model/work-plane.ts'

/**
 * The same work plane for who only reads: each change is refused with `read_only` before it reaches the source, and
 * `manifest` tells `why` (seed 001, 9 and 11).
 */
export function readOnlyWorkPlane(work: WorkPlane, why: string): WorkPlane {
  return readOnlyWhile(work, () => Promise.resolve(why))
}

/** Likewise for as long as there is a reason: it is asked for at each change, and null lets the change through. */
export function readOnlyWhile(work: WorkPlane, reason: () => Promise<string | null>): WorkPlane {
  const guarded =
    <P extends unknown[], T>(write: (...given: P) => Promise<T>) =>
    async (...given: P): Promise<T> => {
      await requireWritable(reason)
      return write(...given)
    }
  return {
    manifest: async () => {
      const [manifest, why] = [await work.manifest(), await reason()]
      return why === null ? manifest : { ...manifest, readOnly: true, readOnlyReason: why }
    },
    list: () => work.list(),
    summaries: (ids) => work.summaries(ids),
    digests: (ids) => work.digests(ids),
    get: (id) => work.get(id),
    ready: () => work.ready(),
    held: () => work.held(),
    cursor: () => work.cursor(),
    changes: (cursor) => work.changes(cursor),
    ...(work.history === undefined ? {} : { history: work.history.bind(work) }),
    ...(work.suspect === undefined ? {} : { suspect: work.suspect.bind(work) }),
    ...(work.remote === undefined ? {} : { remote: work.remote.bind(work) }),
    ...(work.setRemote === undefined ? {} : { setRemote: guarded(work.setRemote.bind(work)) }),
    disconnect: () => work.disconnect(),
    create: guarded((bead, write) => work.create(bead, write)),
    update: guarded((id, patch, write) => work.update(id, patch, write)),
    close: guarded((id, options, write) => work.close(id, options, write)),
    reopen: guarded((id, options, write) => work.reopen(id, options, write)),
    delete: guarded((id, write) => work.delete(id, write)),
    addDependency: guarded((from, to, kind, write) => work.addDependency(from, to, kind, write)),
    removeDependency: guarded((from, to, write) => work.removeDependency(from, to, write)),
    comment: guarded((id, text, write) => work.comment(id, text, write)),
    claim: guarded((id, holder, write) => work.claim(id, holder, write)),
    release: guarded((id, holder, write) => work.release(id, holder, write)),
  }
}

/** Fails with `read_only` while there is a reason. */
export async function requireWritable(reason: () => Promise<string | null>): Promise<void> {
  const why = await reason()
  if (why !== null) throw new GembaError('read_only', { why })
}
