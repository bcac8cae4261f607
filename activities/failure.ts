import { ApplicationFailure } from '@temporalio/common'
import { GembaError } from '../model/error.ts'
import { retriedCodes } from '../temporal/contracts/retry.ts'

/** How a failure reaches the workflow: its code is the type, its parameters the first detail. */
export function activityFailure(error: unknown): unknown {
  if (!(error instanceof GembaError)) return error
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !retriedCodes.includes(error.code),
    details: [error.params],
    cause: error,
  })
}

/** The same functions, with their coded errors turned into activity failures. */
export function coded<T extends object>(activities: T): T {
  const entries = Object.entries(activities).map(([name, work]) => [
    name,
    async (...args: unknown[]): Promise<unknown> => {
      try {
        return await (work as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        throw activityFailure(error)
      }
    },
  ])
  return Object.fromEntries(entries) as T
}
