import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import { ticketQuery } from '../../model/schema/login.ts'
import { sessionParams } from '../../model/schema/session.ts'
import { answers } from '../answers.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'
import { openSessionOf } from '../session-of.ts'
import { TerminalViewer } from '../terminal-viewer.ts'
import { socketOfViewer } from '../viewer-socket.ts'

const maxViewers = 64

/** The live terminal of a session, for browsers. */
export const terminal: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, signIn }) => {
  let viewers = 0
  app.route({
    method: 'GET',
    url: '/sessions/:id/terminal',
    config: { access: 'stream' },
    schema: {
      tags: ['sessions'],
      summary: 'The live terminal of a session (WebSocket)',
      description:
        'The server sends `{type:"snapshot",columns,rows,screen,skipped}`, then terminal bytes as binary messages; also ' +
        '`{type:"control",on}`, `{type:"host",online}` and `{type:"error",code,message,mend}`. The viewer sends ' +
        '`{type:"ack",bytes}` for bytes it has drawn, and `{type:"control",on}` before `{type:"keys",data}` and ' +
        '`{type:"resize",columns,rows}`.',
      params: sessionParams,
      querystring: ticketQuery,
      response: answers(101, null, 'The connection is a WebSocket from here on.'),
    },
    handler: async () => {
      throw new GembaError('bad_request', { why: 'this address speaks WebSocket' })
    },
    wsHandler: (socket, request) => {
      const { id } = request.params as { id: string }
      const caller = callerOf(request)
      const path = request.url.split('?', 1)[0] ?? ''
      const connection = socketOfViewer(socket, request.log)
      if (viewers >= maxViewers)
        return connection.refuse(new GembaError('too_many_streams', { limit: `${maxViewers}` }))
      viewers++
      socket.once('close', () => viewers--)
      socket.once(
        'close',
        signIn.onEnd(caller, () => connection.close(4401, 'signed out')),
      )
      connection.drive(async () => {
        const { host } = await openSessionOf(deps, id)
        const onControl = (on: boolean) => {
          const method = on ? 'CONTROL' : 'RELEASE'
          deps.store
            .audit({ subject: caller.subject, method, path, status: 101, code: null, nonce: null })
            .catch((err: unknown) => request.log.error({ err }, 'taking control was not recorded'))
        }
        return new TerminalViewer({ hub: deps.hub, host, session: id, socket: connection, onControl })
      })
    },
  })
}
