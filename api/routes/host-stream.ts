import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import { hostParams } from '../../model/schema/host.ts'
import { answers } from '../answers.ts'
import { serveHost } from '../host-socket.ts'
import type { ApiParts } from '../parts.ts'

/** Where hosts connect: announcements and terminal bytes come in, questions go out. */
export const hostStream: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.route({
    method: 'GET',
    url: '/hosts/:id/stream',
    config: { access: 'host' },
    schema: {
      tags: ['hosts'],
      summary: 'The stream of an agent host (WebSocket)',
      description: 'For host processes with the host token; whatever comes from a browser is refused.',
      security: [{ hostToken: [] }],
      params: hostParams,
      response: answers(101, null, 'The connection is a WebSocket from here on.'),
    },
    handler: async () => {
      throw new GembaError('bad_request', { why: 'this address speaks WebSocket' })
    },
    wsHandler: (socket, request) => {
      const { id } = request.params as { id: string }
      serveHost(socket, id, deps.hub, request.log)
    },
  })
}
