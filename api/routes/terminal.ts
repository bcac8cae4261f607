import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import { sessionParams } from '../../model/schema/session.ts'
import { answers } from '../answers.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'
import { openSessionOf } from '../session-of.ts'
import { TerminalViewer } from '../terminal-viewer.ts'
import { socketOfViewer } from '../viewer-socket.ts'

const maxViewers = 64

/** The live terminal of a session, for browsers. */
export const terminal: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  let viewers = 0
  app.route({
    method: 'GET',
    url: '/sessions/:id/terminal',
    schema: {
      tags: ['sessions'],
      summary: 'The live terminal of a session (WebSocket)',
      description:
        'The server sends `{type:"snapshot",columns,rows,screen,skipped}`, then terminal bytes as binary messages; also ' +
        '`{type:"control",on}`, `{type:"host",online}` and `{type:"error",code,message,mend}`. The viewer sends ' +
        '`{type:"ack",bytes}` for bytes it has drawn, and `{type:"control",on}` before `{type:"keys",data}` and ' +
        '`{type:"resize",columns,rows}`.',
      params: sessionParams,
      response: answers(101, null, 'The connection is a WebSocket from here on.'),
    },
    handler: async () => {
      throw new GembaError('bad_request', { why: 'this address speaks WebSocket' })
    },
    wsHandler: (socket, request) => {
      const { id } = request.params as { id: string }
      const { subject } = callerOf(request)
      const connection = socketOfViewer(socket, request.log)
      if (viewers >= maxViewers)
        return connection.refuse(new GembaError('too_many_streams', { limit: `${maxViewers}` }))
      viewers++
      socket.once('close', () => viewers--)
      connection.drive(async () => {
        const { host } = await openSessionOf(deps, id)
        const onControl = (on: boolean) => {
          const entry = { subject, method: on ? 'CONTROL' : 'RELEASE', path: request.url, status: 101, code: null }
          deps.store
            .audit({ ...entry, nonce: null })
            .catch((err: unknown) => request.log.error({ err }, 'taking control was not recorded'))
        }
        return new TerminalViewer({ hub: deps.hub, host, session: id, socket: connection, onControl })
      })
    },
  })
}
