import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { login as schema } from '../../model/schema/login.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

/** Turning the printed token into a cookie, once a browser. */
export const login: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, signIn }) => {
  app.post(
    '/login',
    {
      config: { access: 'open' },
      schema: {
        tags: ['sign-in'],
        summary: 'Sign this browser in',
        security: [],
        body: schema,
        response: answers(204, null, 'Signed in: the answer sets a cookie.'),
      },
    },
    async (request, reply) => {
      const { subject } = signIn.login(request.body.token, request, reply)
      const entry = { subject, method: 'POST', path: '/api/v1/login', status: 204, code: null, nonce: null }
      await deps.store.audit(entry).catch((err: unknown) => request.log.error({ err }, 'a sign-in was not recorded'))
      return reply.code(204).send()
    },
  )
}
