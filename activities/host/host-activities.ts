import { Context } from '@temporalio/activity'
import type { DiskState } from '../../model/disk.ts'
import type { OrchestrationPlane } from '../../model/orchestration-plane.ts'
import type { HostActivities } from '../../temporal/contracts/activities.ts'
import { coded } from '../failure.ts'
import { whileNoRoom, type HostDisk } from './while-no-room.ts'

/** Heartbeats of activities that do not beat by themselves. */
const beatMs = 500

/**
 * What workflows ask of one host, carried out by its plane. Every one is repeat-safe because the plane's methods are.
 * With a `disk`, what finds no room on it waits for that: a new pane while the disk is low, the rest while it is full.
 */
export function hostActivities(plane: OrchestrationPlane, disk?: HostDisk): HostActivities {
  const patiently = <T>(isShort: (state: DiskState) => boolean, work: () => Promise<T>): Promise<T> =>
    beating(() => (disk === undefined ? work() : whileNoRoom(disk, isShort, work)))
  const isFull = ({ status }: DiskState): boolean => status === 'full'
  return coded<HostActivities>({
    startPane: (request) =>
      patiently(
        ({ status }) => status !== 'ok',
        () => plane.start(request),
      ),
    attendPane(request) {
      const context = Context.current()
      // Cancelling, also by the worker's end, aborts the signal; the plane rejects with its reason, a CancelledFailure.
      return plane.attend(request, { signal: context.cancellationSignal, beat: () => context.heartbeat() })
    },
    deliverAnswer: (request) => patiently(isFull, () => plane.deliver(request)),
    sayToPane: (request) => patiently(isFull, () => plane.say(request)),
    integrate: (request) => patiently(isFull, () => plane.integrate(request)),
    endPane: (request) => beating(() => plane.end(request)),
  })
}

/** Tells Temporal that the work goes on, so that a killed host is noticed before the activity's time limit. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  context.heartbeat()
  const timer = setInterval(() => context.heartbeat(), beatMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
