import { GembaError } from '../../model/error.ts'
import type { WorkPlane } from '../../model/work-plane.ts'

/**
 * The same work plane for who only reads: each change is refused with `read_only` before it reaches the source, and
 * `manifest` tells `why` (seed 001, 9 and 11).
 */
export function readOnlyWorkPlane(work: WorkPlane, why: string): WorkPlane {
  const refuse = async (): Promise<never> => {
    throw new GembaError('read_only', { why })
  }
  return {
    manifest: async () => ({ ...(await work.manifest()), readOnly: true, readOnlyReason: why }),
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
    ...(work.setRemote === undefined ? {} : { setRemote: refuse }),
    disconnect: () => work.disconnect(),
    create: refuse,
    update: refuse,
    close: refuse,
    reopen: refuse,
    delete: refuse,
    addDependency: refuse,
    removeDependency: refuse,
    comment: refuse,
    claim: refuse,
    release: refuse,
  }
}
