import { Context } from '@temporalio/activity'
import type { OrchestrationPlane } from '../../model/orchestration-plane.ts'
import type { HostActivities } from '../../temporal/contracts/activities.ts'
import { coded } from '../failure.ts'

/** Heartbeats of activities that do not beat by themselves. */
const beatMs = 500

/** What workflows ask of one host, carried out by its plane. Every one is repeat-safe because the plane's methods are. */
export function hostActivities(plane: OrchestrationPlane): HostActivities {
  return coded<HostActivities>({
    startPane: (request) => beating(() => plane.start(request)),
    attendPane(request) {
      const context = Context.current()
      // Cancelling, also by the worker's end, aborts the signal; the plane rejects with its reason, a CancelledFailure.
      return plane.attend(request, { signal: context.cancellationSignal, beat: () => context.heartbeat() })
    },
    deliverAnswer: (request) => beating(() => plane.deliver(request)),
    sayToPane: (request) => beating(() => plane.say(request)),
    integrate: (request) => beating(() => plane.integrate(request)),
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
