import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { StoredAnswer } from '../store/store.ts'
import type { ApiDeps } from './api-deps.ts'
import { meantSource } from './meant-source.ts'
import { canonicalPath, digestOf } from './canonical.ts'
import { callerOf } from './gate.ts'
import { problemOf } from './problem.ts'

/** After that long without an end the same confirmed request may begin again; its key keeps the effect single. */
const leaseMs = 60_000

/** What a confirmed change is done with: its key is the nonce, from the click to the row. */
export interface Confirmed {
  readonly key: string
  readonly actor: Actor
}

export type Run = (confirmed: Confirmed) => Promise<StoredAnswer>
/** Looks up again what an answer showed that was too long to keep. */
export type LookAgain = (id: string) => Promise<unknown>
export type Confirm = (
  request: FastifyRequest,
  reply: FastifyReply,
  run: Run,
  lookAgain?: LookAgain,
) => Promise<FastifyReply>

/**
 * Carries out a change once per nonce: issued → executing (lease) → done (with the answer). A repeat hears the first
 * answer, refusals included (of one too long to keep, what it showed as it is now); only what may be tried again (5xx) leaves the nonce open. Every change is audited.
 */
export function confirmWith(parts: Pick<ApiDeps, 'store' | 'mode'>): Confirm {
  return async (request, reply, run, lookAgain) => {
    const { store } = parts
    const { actor, subject } = callerOf(request)
    const nonce = nonceOf(request)
    const path = canonicalPath(request.url)
    const binding = {
      subject,
      method: request.method,
      path,
      digest: digestOf(request.body, request.headers['if-match'], meantSource(request, parts.mode)),
    }
    const record = (status: number, code: string | null) =>
      aside(request, store.audit({ subject, method: request.method, path, status, code, nonce }))

    const begun = await store.beginNonce(nonce, binding, leaseMs)
    if (begun.outcome === 'done') return send(reply, await whole(begun.answer, lookAgain))
    if (begun.outcome !== 'begun') {
      const refusal = new GembaError(`nonce_${begun.outcome}`)
      await record(refusal.status, refusal.code)
      throw refusal
    }
    const onOneSource: Run = (confirmed) => parts.mode.during(() => run(confirmed))
    const isChoice = request.routeOptions.config.choosesSource === true
    const answer = await attempt(isChoice ? run : onOneSource, { key: nonce, actor }, request)
    if (answer.error !== undefined) {
      await aside(request, store.abandonNonce(nonce))
      await record(answer.status, answer.code)
      throw answer.error
    }
    await aside(request, store.finishNonce(nonce, { status: answer.status, body: answer.body }))
    await record(answer.status, answer.code)
    return send(reply, answer)
  }
}

async function whole(answer: StoredAnswer, lookAgain: LookAgain | undefined): Promise<StoredAnswer> {
  if (answer.omitted === undefined) return answer
  if (lookAgain !== undefined && answer.omitted !== '') return { ...answer, body: await lookAgain(answer.omitted) }
  throw new GembaError('internal', { why: 'the change was made, but its answer was too long to be kept' })
}

function nonceOf(request: FastifyRequest): string {
  if (request.url.includes('?')) throw new GembaError('bad_request', { why: 'a change takes no query' })
  const nonce = request.headers['x-gemba-confirm']
  if (typeof nonce !== 'string' || !/^[\w.-]{1,128}$/.test(nonce)) throw new GembaError('nonce_unknown')
  return nonce
}

interface Attempt extends StoredAnswer {
  readonly code: string | null
  /** Set when the change may be tried again. */
  readonly error?: unknown
}

async function attempt(run: Run, confirmed: Confirmed, request: FastifyRequest): Promise<Attempt> {
  try {
    return { ...(await run(confirmed)), code: null }
  } catch (error) {
    const body = problemOf(error, request.id)
    const failed = { status: body.status, body, code: body.code }
    return body.status < 500 ? failed : { ...failed, error }
  }
}

/** The effect has happened or not by now: a store that fails only here must not change the answer. */
async function aside(request: FastifyRequest, done: Promise<void>): Promise<void> {
  await done.catch((err: unknown) => request.log.error({ err }, 'the record of a change could not be written'))
}

function send(reply: FastifyReply, answer: StoredAnswer): FastifyReply {
  const etag = etagOf(answer.body)
  if (etag !== undefined) reply.header('etag', `"${etag}"`)
  if (answer.status >= 400) reply.type('application/problem+json')
  return reply.code(answer.status).send(answer.status === 204 ? undefined : answer.body)
}

/** Bead details carry their own. */
function etagOf(body: unknown): string | undefined {
  const etag = typeof body === 'object' && body !== null && 'etag' in body ? body.etag : undefined
  return typeof etag === 'string' ? etag : undefined
}
