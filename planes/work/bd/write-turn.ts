import { GembaError } from '../../../model/error.ts'
import { waitForLock } from '../../../runtime/file-lock.ts'
import { requireOwnFolder, turnFolder } from './gemba-folder.ts'

/** Milliseconds that a write waits for those before it. */
const patienceMs = 120_000

/** By folder: what waits in this process, so that its writes come in their order. */
const queues = new Map<string, Promise<unknown>>()

/**
 * Lets one write of Gemba at a time to a folder, in all processes: check and write are then one, and children of one
 * parent get different numbers. bd itself does not ask for the turn, so against its own writes neither holds.
 */
export async function writeTurn<T>(beads: string, write: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs
  const turn = (queues.get(beads) ?? Promise.resolve()).then(
    () => locked(beads, until, write),
    () => locked(beads, until, write),
  )
  queues.set(beads, turn)
  try {
    return await turn
  } finally {
    if (queues.get(beads) === turn) queues.delete(beads)
  }
}

async function locked<T>(beads: string, until: number, write: () => Promise<T>): Promise<T> {
  const left = until - performance.now()
  if (left <= 0) throw new GembaError('work_plane_conflict')
  const signal = AbortSignal.timeout(Math.ceil(left))
  requireOwnFolder(beads)
  const lock = await waitForLock(turnFolder(beads), 'write', { signal }).catch((error: unknown) => {
    if (signal.aborted) throw new GembaError('work_plane_conflict', {}, { cause: error })
    throw error
  })
  try {
    return await write()
  } finally {
    lock.release()
  }
}
