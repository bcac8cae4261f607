import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { UpdateDefinition } from '@temporalio/common'
import { GembaError, isErrorCode } from '../model/error.ts'
import type { EscalationView } from '../model/escalation.ts'
import type { Commands } from './commands.ts'
import { dispatchBeads, dispatchWorkflowId, unparkBead } from './contracts/dispatch.ts'
import { answerEscalation } from './contracts/escalation.ts'
import { endSession, saySession, sessionWorkflowId } from './contracts/session.ts'
import { createLimiter } from './limiter.ts'

export interface TemporalCommandsOptions {
  readonly project: string
  /** The client once there is a connection. */
  readonly client: () => Client | undefined
  /** The published state of an escalation whose workflow has closed. */
  readonly escalation: (id: string) => Promise<EscalationView | undefined>
  /** Why nothing new may be started now; undefined when it may. What runs, and what was started before, is not asked. */
  readonly startRefusal?: () => GembaError | undefined
  /** Milliseconds that one command may take. */
  readonly deadlineMs: number
}

/** Temporal refuses an eleventh open update of one workflow; the rest waits here. */
const updatesInFlight = 8

/** `Commands` on a Temporal client. Failures come back as the coded errors that the workflows threw. */
export function createTemporalCommands(options: TemporalCommandsOptions): Commands {
  const limit = createLimiter(updatesInFlight)

  async function update<Ret, Args extends [unknown, ...unknown[]]>(
    workflowId: string,
    definition: UpdateDefinition<Ret, Args>,
    updateId: string,
    args: Args,
  ): Promise<Ret> {
    const client = options.client()
    if (client === undefined) throw new GembaError('temporal_unavailable', { why: 'there is no connection yet' })
    const handle: WorkflowHandle = client.workflow.getHandle(workflowId)
    const end = Date.now() + options.deadlineMs
    const send = () => client.withDeadline(end, () => handle.executeUpdate(definition, { args, updateId }))
    return limit(workflowId, async () => {
      for (;;) {
        try {
          return await send()
        } catch (error) {
          if (!isNotTaken(error) || Date.now() + notTakenMs > end) throw error
          await sleep(notTakenMs)
        }
      }
    })
  }

  return {
    async dispatch({ items, key, actor }) {
      const refusal = options.startRefusal?.()
      if (refusal !== undefined) throw refusal
      // Temporal answers an update of the same id with the failure of the first, so each try has its own; the dispatcher
      // itself remembers the key of what it has decided.
      const tryId = `${key}.${randomUUID()}`
      return mapped(async () => [
        ...(await update(dispatchWorkflowId(options.project), dispatchBeads, tryId, [{ items, key, actor }])),
      ])
    },
    async unpark({ bead, key, actor }) {
      await mapped(() => update(dispatchWorkflowId(options.project), unparkBead, key, [{ bead, key, actor }]))
    },
    async say({ session, text, key, actor }) {
      const id = sessionWorkflowId(options.project, session)
      await mapped(
        () => update(id, saySession, key, [{ key, text, actor }]),
        new GembaError('session_closed', { session }),
      )
    },
    async end({ session, mode, key, actor }) {
      const id = sessionWorkflowId(options.project, session)
      await mapped(
        () => update(id, endSession, key, [{ mode, key, actor }]),
        new GembaError('session_closed', { session }),
      )
    },
    async answer({ escalation, value, text, key, actor }) {
      try {
        return await mapped(() => update(escalation, answerEscalation, key, [{ value, text, key, actor }]), closed)
      } catch (error) {
        if (error !== closed) throw error
        throw whyClosed(escalation, await options.escalation(escalation))
      }
    },
  }
}

const closed = new GembaError('no_longer_needed', { why: 'it is closed' })

function whyClosed(id: string, view: EscalationView | undefined): GembaError {
  if (view === undefined) return new GembaError('escalation_not_found', { escalation: id })
  if (view.state === 'open')
    return new GembaError('temporal_unavailable', { why: 'the question is being brought back' })
  if (view.decision !== null) return new GembaError('already_decided', { by: view.decision.by, at: view.decision.at })
  return new GembaError('no_longer_needed', { why: view.note || 'it is closed' })
}

/** Turns what the client throws into coded errors; `gone` is thrown for a workflow that has closed or never was. */
async function mapped<T>(work: () => Promise<T>, gone?: GembaError): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw codedError(error, gone)
  }
}

function codedError(error: unknown, gone: GembaError | undefined): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message, details } = error.cause
    if (isErrorCode(type)) return new GembaError(type, (details?.[0] ?? {}) as Record<string, string>)
    if (type === 'AcceptedUpdateCompletedWorkflow')
      return (
        gone ?? new GembaError('temporal_unavailable', { why: 'the process was being renewed; repeat the command' })
      )
    return new GembaError('internal', { why: message })
  }
  if (error instanceof WorkflowNotFoundError)
    return gone ?? new GembaError('temporal_unavailable', { why: 'the dispatcher is not running yet' })
  const cause = error instanceof ServiceError ? error.cause : error
  if (isGrpcServiceError(cause)) return new GembaError('temporal_unavailable', { why: cause.details || cause.message })
  return isTimeout(error) ? new GembaError('temporal_unavailable', { why: 'no answer in time' }) : error
}

/**
 * Temporal takes no update while a workflow's last steps were not answered in time, as on a machine that is busy with other
 * things. Nothing of it was recorded, so the same may be sent again.
 */
function isNotTaken(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error
  return isGrpcServiceError(cause) && cause.details.includes('Workflow Task in failed state')
}

const notTakenMs = 250

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /deadline|timed? ?out|cancelled/i.test(`${error.name} ${error.message}`)
}
