import { proxyActivities } from '@temporalio/workflow'
import { hostQueue, type HostActivities } from '../../temporal/contracts/activities.ts'

/** For tests: a workflow that asks one thing of a host. */
export async function callHost<Name extends keyof HostActivities>(
  host: string,
  name: Name,
  request: Parameters<HostActivities[Name]>[0],
): Promise<unknown> {
  const limits = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '30s' } as const
  const activities = proxyActivities<HostActivities>({ taskQueue: hostQueue(host), ...limits })
  return (activities[name] as (request: unknown) => Promise<unknown>)(request)
}
