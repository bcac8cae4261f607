import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { hostActivities } from '../activities/host/host-activities.ts'
import type { HostDisk } from '../activities/host/while-no-room.ts'
import type { OrchestrationPlane } from '../model/orchestration-plane.ts'
import { hostQueue } from '../temporal/contracts/activities.ts'
import type { TemporalAddress } from '../temporal/connect.ts'
import { startDurableWorker, type DurableWorker } from './durable-worker.ts'

export interface HostWorkerDeps {
  /** Id of the host. */
  readonly host: string
  readonly temporal: TemporalAddress
  readonly plane: OrchestrationPlane
  readonly disk?: HostDisk
  readonly logger: Logger
  readonly onFailed: (why: string) => void
}

/**
 * Each session is attended for as long as it lives, and needs another activity to be answered or ended. How many there
 * are is the dispatcher's business, and its limit may be lowered while more of them run: here is room for all.
 */
const mostActivities = 1_000

/** Polls the host's own queue and carries out on its plane what is asked there. */
export function startHostWorker({ host, temporal, plane, disk, logger, onFailed }: HostWorkerDeps): DurableWorker {
  return startDurableWorker({
    temporal,
    logger,
    onFailed,
    options: {
      identity: `host-${host}@${hostname()}-${process.pid}`,
      taskQueue: hostQueue(host),
      activities: { ...hostActivities(plane, disk) },
      maxConcurrentActivityTaskExecutions: mostActivities,
      maxHeartbeatThrottleInterval: '1s',
      defaultHeartbeatThrottleInterval: '1s',
      shutdownGraceTime: '500ms',
      shutdownForceTime: '5s',
    },
  })
}
