import type { IncomingMessage } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { GembaError } from '../model/error.ts'
import type { problem } from '../model/schema/problem.ts'

export type Problem = Static<typeof problem>

export const bodyLimit = 1024 * 1024
/** Of a longer body the sender is cut off. */
const mostTakenIn = 32 * 1024 * 1024
const takenInWithinMs = 5_000

/** What a failure looks like on the wire. Of an unknown failure nothing leaks but the number of the request. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = error instanceof GembaError ? error : translate(error, requestId)
  return {
    type: `urn:gemba:error:${known.code}`,
    title: titleOf(known.code),
    status: known.status,
    code: known.code,
    detail: known.message,
    mend: known.mend,
    params: known.params,
  }
}

/** Answers with the problem; logs what should not have happened. */
export async function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = problemOf(error, request.id)
  if (body.status >= 500) request.log.error({ err: error, code: body.code }, 'request failed')
  if (body.code === 'too_large') await takenIn(request.raw)
  return reply.code(body.status).type('application/problem+json').send(body)
}

/**
 * Takes in what is still being sent, within bounds, and forgets it: a sender whose connection is closed in the middle
 * would never see the answer.
 */
function takenIn(sender: IncomingMessage): Promise<void> {
  if (sender.complete || sender.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let bytes = 0
    const done = (): void => {
      clearTimeout(timer)
      sender.off('data', count).off('end', done).off('close', done).off('error', done)
      resolve()
    }
    const count = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > mostTakenIn) done()
    }
    const timer = setTimeout(done, takenInWithinMs)
    sender.on('data', count).once('end', done).once('close', done).once('error', done).resume()
  })
}

function titleOf(code: string): string {
  return `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`
}

function translate(error: unknown, requestId: string): GembaError {
  const unknown = new GembaError('internal', { why: `the server log tells more under request ${requestId}` })
  if (!isFastifyError(error)) return unknown
  if (error.validation !== undefined) return new GembaError('bad_request', { why: whyInvalid(error) })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new GembaError('too_large', { limit: '1 MiB' })
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? new GembaError('bad_request', { why: whyMalformed(error) }) : unknown
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('statusCode' in error || 'validation' in error)
}

function whyMalformed(error: FastifyError): string {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'the body is not application/json'
  if (error.code?.startsWith('FST_ERR')) return error.message.replace(/\.$/, '')
  return 'the body is not acceptable JSON'
}

/** Names the field that is wrong. */
function whyInvalid(error: FastifyError): string {
  const part = error.validationContext ?? 'body'
  const found = error.validation ?? []
  const extra = found.find((one) => one.keyword === 'additionalProperties')
  if (extra !== undefined)
    return `${pathOf(part, extra.instancePath)}.${unknownField(extra.params)} is not a known field`
  const first = found[0]
  return first === undefined
    ? `${part} is invalid`
    : `${pathOf(part, first.instancePath)} ${first.message ?? 'is invalid'}`
}

function unknownField(params: Record<string, unknown>): string {
  const name = params['additionalProperty'] ?? params['additionalProperties']
  return String(Array.isArray(name) ? name[0] : name).slice(0, 100)
}

function pathOf(part: string, pointer: string): string {
  return (part + pointer.replaceAll('/', '.')).slice(0, 200)
}
