import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow'
import { catalogue, GembaError, isErrorCode, type ErrorCode } from '../model/error.ts'

/** The refusal of an update or the end of an activity, with its code and parameters. */
export function failure(code: ErrorCode, params: Record<string, string> = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message: new GembaError(code, params).message,
    nonRetryable: true,
    details: [params],
  })
}

export interface KnownFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly params: Readonly<Record<string, string>>
}

/** What an activity's failure says. Cancellation is not a failure: it is thrown on. */
export function failureOf(error: unknown): KnownFailure {
  if (isCancellation(error)) throw error
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    const params = (cause.details?.[0] ?? {}) as Record<string, string>
    return { code: cause.type, message: cause.message, params }
  }
  const why = cause instanceof TimeoutFailure ? `no answer in time (${cause.timeoutType})` : String(cause)
  return { code: 'internal', message: catalogue.internal.message.replace('{why}', why), params: { why } }
}
