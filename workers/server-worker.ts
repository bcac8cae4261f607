import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { serverActivities } from '../activities/server/server-activities.ts'
import type { Project } from '../model/project.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { installation } from '../runtime/installation.ts'
import type { Store } from '../store/store.ts'
import { serverQueue } from '../temporal/contracts/activities.ts'
import type { TemporalAddress } from '../temporal/connect.ts'
import { startDurableWorker, type DurableWorker } from './durable-worker.ts'

export interface ServerWorkerDeps {
  readonly project: Project
  readonly temporal: TemporalAddress
  readonly work: WorkPlane
  readonly store: Store
  readonly poke: () => void
  readonly logger: Logger
  readonly onFailed: (why: string) => void
}

/** Polls for workflows and server activities. The workflows were bundled when Gemba was built. */
export function startServerWorker({
  project,
  temporal,
  work,
  store,
  poke,
  logger,
  onFailed,
}: ServerWorkerDeps): DurableWorker {
  return startDurableWorker({
    temporal,
    logger,
    onFailed,
    options: {
      identity: `server@${hostname()}-${process.pid}`,
      taskQueue: serverQueue(project.id),
      workflowBundle: { codePath: workflowBundle() },
      activities: { ...serverActivities({ work, store, poke }) },
      maxCachedWorkflows: 500,
      maxConcurrentActivityTaskExecutions: 50,
      stickyQueueScheduleToStartTimeout: '1s',
      shutdownGraceTime: '3s',
      shutdownForceTime: '8s',
    },
  })
}

/** The bundle that `npm run build` wrote. */
export function workflowBundle(): string {
  return join(installation().root, 'dist', 'workflows.js')
}
