import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { eventsQuery, gembaEvent } from '../../model/schema/event.ts'
import { streamAnswers } from '../answers.ts'
import { callerOf } from '../gate.ts'
import type { ApiParts } from '../parts.ts'

/** The event log as server-sent events, with replay. */
export const events: FastifyPluginAsyncTypebox<ApiParts> = async (app, { streams, signIn }) => {
  app.get(
    '/events',
    {
      config: { access: 'stream' },
      schema: {
        tags: ['events'],
        summary: 'Follow what happens',
        description:
          'Server-sent events: `id` is `<epoch>.<number>`, `event` the kind, `data` the event. After `Last-Event-ID` ' +
          'or `after` the log is replayed, else it begins now. `event: resync` says: read the lists again, then go on. ' +
          '`event: disk` tells, at the beginning and at each change, how much room there is; it has no id.',
        querystring: eventsQuery,
        response: streamAnswers(gembaEvent, 'A stream without an end.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async (request, reply) => {
      streams.refuseWhenFull()
      const last = request.headers['last-event-id']
      const after = typeof last === 'string' && last !== '' ? last : request.query.after
      reply.hijack()
      const out = reply.raw
      out.once(
        'close',
        signIn.onEnd(callerOf(request), () => out.destroy()),
      )
      out.socket?.setNoDelay(true)
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) out.setHeader(name, value)
      out.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
      out.flushHeaders()
      await streams.open(out, after).catch((err: unknown) => {
        request.log.error({ err }, 'an event stream was cut')
        out.destroy()
      })
    },
  )
}
