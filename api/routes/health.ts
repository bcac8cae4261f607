import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { health as schema } from '../../model/schema/health.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

/** Whether the parts of the server answer; for supervisors and balancers, without a token. */
export const health: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether the server is well',
        description: 'Answers 503 with the same body while a part is not well.',
        security: [],
        response: answers(200, schema, 'All parts are well.'),
      },
    },
    async (_, reply) => {
      const parts = deps.health()
      const ok = Object.values(parts).every((part) => part.ok)
      reply.code(ok ? 200 : 503).header('cache-control', 'no-store')
      return { ok, parts }
    },
  )
}
