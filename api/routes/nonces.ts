import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { nonceAnswer, nonceRequest } from '../../model/schema/nonce.ts'
import { answers } from '../answers.ts'
import { meantSource } from '../meant-source.ts'
import { canonicalPath, digestOf } from '../canonical.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'

const ttlMs = 5 * 60_000

/** Single-use confirmations: each is bound to the person, the action, its body and its precondition. */
export const nonces: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.post(
    '/nonces',
    {
      config: { unconfirmed: true },
      schema: {
        tags: ['nonces'],
        summary: 'Prepare a change',
        description: 'Then send exactly that request with the nonce in `X-GEMBA-Confirm`, within five minutes.',
        body: nonceRequest,
        response: answers(201, nonceAnswer, 'The nonce.'),
      },
    },
    async (request, reply) => {
      const { method, path, body, ifMatch } = request.body
      const { subject } = callerOf(request)
      reply.code(201)
      const binding = {
        subject,
        method,
        path: canonicalPath(path),
        digest: digestOf(body, ifMatch, meantSource(request, deps.mode)),
      }
      return deps.store.issueNonce(binding, ttlMs)
    },
  )
}
