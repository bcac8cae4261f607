import { CancellationScope, condition, proxyActivities } from '@temporalio/workflow'
import type { Actor } from '../model/actor.ts'
import type { EventBody, Snapshot } from '../model/event.ts'
import type { ServerActivities } from '../temporal/contracts/activities.ts'
import { renumber, type Publishing } from '../temporal/contracts/publishing.ts'
import { boundedSnapshot } from './bounded-snapshot.ts'

export interface Publisher {
  /** Queues an event, and a snapshot of the state as it is when it is sent. */
  changed(body: EventBody, actor: Actor): void
  /** Has the state recorded although nothing happened that people see. */
  record(): void
  /** Resolves when everything queued was acknowledged. */
  drained(): Promise<void>
}

/**
 * The one coroutine through which a workflow publishes: events and snapshot in one transaction, queued until
 * acknowledged (design, "Event log"), each try within `timeout` ms. `publishing` is part of the workflow's state, so nothing is lost at continue-as-new.
 */
export function startPublisher(
  publishing: Publishing,
  source: string,
  timeout: number,
  snapshot: () => Omit<Snapshot, 'revision'>,
): Publisher {
  const { publish } = proxyActivities<Pick<ServerActivities, 'publish'>>({
    startToCloseTimeout: timeout,
    retry: { initialInterval: '200ms', maximumInterval: '10s' },
  })
  const pump = async (): Promise<void> => {
    for (;;) {
      await condition(() => !isDrained(publishing))
      const { unrecorded = 0 } = publishing
      const batch = publishing.events.slice(0, 20)
      publishing.revision += 1
      const whole = { ...boundedSnapshot(snapshot()), revision: publishing.revision }
      const before = await publish({ events: batch, snapshot: whole }).catch(async () => {
        // Refused for good: what people see is published without the state, rather than nothing ever again.
        await publish({ events: [], snapshot: { ...whole, state: null } }).catch(() => undefined)
        return null
      })
      // Workflows of 0.1.0 have been answered nothing.
      if (before?.heard !== false) publishing.events = publishing.events.slice(batch.length)
      if (before != null) {
        renumber(publishing, before.recorded)
        publishing.unrecorded = (publishing.unrecorded ?? 0) + 1
      }
      publishing.unrecorded = (publishing.unrecorded ?? 0) - unrecorded
    }
  }
  // A cancelled workflow still publishes what it has to say; the coroutine ends with the workflow.
  void CancellationScope.nonCancellable(pump)

  return {
    changed(body, actor) {
      publishing.eventCount += 1
      publishing.begun = true
      publishing.events = [
        ...publishing.events,
        { source, sourceRevision: publishing.eventCount, at: new Date().toISOString(), actor, body },
      ]
    },
    record() {
      publishing.unrecorded = (publishing.unrecorded ?? 0) + 1
    },
    drained: () => CancellationScope.nonCancellable(() => condition(() => isDrained(publishing))),
  }
}

function isDrained({ events, unrecorded = 0 }: Publishing): boolean {
  return events.length === 0 && unrecorded === 0
}
