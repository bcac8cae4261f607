import { setTimeout as pause } from 'node:timers/promises'
import { Context } from '@temporalio/activity'
import type { DiskState } from '../../model/disk.ts'
import { GembaError } from '../../model/error.ts'
import { codedError } from '../../runtime/coded-error.ts'
import type { DiskWatch } from '../../runtime/disk-watch.ts'

export type HostDisk = Pick<DiskWatch, 'look' | 'until'>

/** It gives up by itself, with words that tell why, so long before Temporal ends the try. */
const spareMs = 10_000
/** Between a try that found no room and the next, when the disk does not look short of it. */
const againMs = 2_000

/**
 * Does the work once the disk is not short, and again after it met a full disk. When the activity's time runs out, it
 * fails with `disk_full` or `disk_low`, which are tried again. What cancels the activity ends the wait.
 */
export async function whileNoRoom<T>(
  disk: HostDisk,
  isShort: (state: DiskState) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const { cancellationSignal, info } = Context.current()
  const timeUp = AbortSignal.timeout(Math.max(1, info.startToCloseTimeoutMs - spareMs))
  const over = AbortSignal.any([cancellationSignal, timeUp])
  for (;;) {
    await disk.until((state) => !isShort(state), over)
    cancellationSignal.throwIfAborted()
    const state = await disk.look()
    if (isShort(state)) throw shortOf(state)
    try {
      return await work()
    } catch (error) {
      const known = codedError(error)
      if (known.code !== 'disk_full') throw error
      if (over.aborted) throw known
    }
    await pause(againMs, undefined, { signal: over }).catch(() => undefined)
  }
}

function shortOf({ folder, left, wanted }: DiskState): GembaError {
  return new GembaError('disk_low', { folder, left, wanted })
}
