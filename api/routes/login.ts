import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import * as wire from '../../model/schema/login.ts'
import { answers } from '../answers.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['sign-in']

/** How a browser signs in with the printed token, shows that it is still the one, and signs out. */
export const login: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, signIn }) => {
  const record = async (request: FastifyRequest, subject: string, path: string, status: number): Promise<void> => {
    const entry = { subject, method: 'POST', path, status, code: null, nonce: null }
    await deps.store.audit(entry).catch((err: unknown) => request.log.error({ err }, 'a sign-in was not recorded'))
  }

  app.post(
    '/login',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Sign this browser in',
        description:
          'The answer sets a cookie and gives a secret. Both are asked for from then on: cookies are sent to every port ' +
          'of this machine, the secret to this one only.',
        security: [],
        body: wire.login,
        response: answers(200, wire.loginAnswer, 'Signed in.'),
      },
    },
    async (request, reply) => {
      const { subject, secret } = await signIn.login(request.body.token, request, reply)
      await record(request, subject, '/api/v1/login', 200)
      return { secret }
    },
  )

  app.post(
    '/logout',
    {
      config: { unconfirmed: true },
      schema: {
        tags,
        summary: 'Sign this browser out',
        description: 'Ends the streams and sockets that it has open. A bearer token stays good.',
        response: answers(204, null, 'Signed out.'),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      await signIn.logout(caller, request, reply)
      await record(request, caller.subject, '/api/v1/logout', 204)
      return reply.code(204).send()
    },
  )

  app.post(
    '/tickets',
    {
      config: { unconfirmed: true },
      schema: {
        tags,
        summary: 'Prepare to open a stream or a WebSocket',
        description:
          'Browsers can give those no header: they name the ticket in `ticket=`, within half a minute, once.',
        body: wire.ticketRequest,
        response: answers(201, wire.ticketAnswer, 'The ticket.'),
      },
    },
    async (request, reply) => {
      reply.code(201)
      return signIn.ticket(callerOf(request), request.body.path)
    },
  )
}
