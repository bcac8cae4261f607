import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import { sessionHistory } from '../../model/schema/event.ts'
import * as wire from '../../model/schema/session.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'
import { openSessionOf, sessionOf } from '../session-of.ts'
import { snapshotPage } from '../snapshot-pages.ts'
import { refusalOf } from './dispatch.ts'

const tags = ['sessions']
const inputLimit = 8192

/** Agents at work: what their workflows published, and what can be told them. */
export const sessions: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
  app.get(
    '/sessions',
    {
      schema: {
        tags,
        summary: 'List sessions',
        description: 'Open ones first, each by its last change.',
        querystring: wire.pageQuery,
        response: answers(200, wire.sessionPage, 'A page of sessions.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ query: { open, limit = 200, cursor } }) =>
      snapshotPage(deps.store, { kind: 'session', project: deps.project.id, open, limit, cursor }),
  )

  app.get(
    '/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Read a session',
        params: wire.sessionParams,
        response: answers(200, wire.sessionView, 'The session.'),
      },
    },
    async ({ params }) => (await sessionOf(deps, params.id)).view,
  )

  app.get(
    '/sessions/:id/events',
    {
      schema: {
        tags,
        summary: 'Read what happened to a session',
        description:
          'Its own events and those of its escalations, oldest first; the newest page, or what was before a cursor.',
        params: wire.sessionParams,
        querystring: wire.historyQuery,
        response: answers(200, sessionHistory, 'A page of its events.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ params, query: { limit = 200, cursor } }) => {
      await sessionOf(deps, params.id)
      return deps.store.sessionEvents({ session: params.id, limit, ...(cursor === undefined ? {} : { cursor }) })
    },
  )

  app.post(
    '/sessions',
    {
      schema: {
        tags,
        summary: 'Start a bead',
        description: 'The same as a dispatch of one bead.',
        body: wire.newSession,
        response: answers(201, wire.startedSession, 'The session that was started.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        const [result] = await deps.commands.dispatch({ items: [request.body], key, actor })
        if (result === undefined) throw new GembaError('internal', { why: 'the dispatcher gave no answer' })
        if (!result.admitted) throw refusalOf(result)
        return { status: 201, body: { bead: result.bead, session: result.session } }
      }),
  )

  app.get(
    '/sessions/:id/peek',
    {
      schema: {
        tags,
        summary: 'Peek at the screen of a session',
        params: wire.sessionParams,
        querystring: wire.peekQuery,
        response: answers(200, wire.peekAnswer, 'The last lines of the screen as plain text.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ params, query: { lines = 100 } }) => {
      const { id, host } = await openSessionOf(deps, params.id)
      return { text: await deps.hub.peek(host, id, lines) }
    },
  )

  app.post(
    '/sessions/:id/input',
    {
      schema: {
        tags,
        summary: 'Say something to an agent',
        description: 'At most 8 KiB; it is typed once and submitted.',
        params: wire.sessionParams,
        body: wire.sessionInput,
        response: answers(204, null, 'On its way.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        const { text } = request.body
        if (Buffer.byteLength(text) > inputLimit) throw new GembaError('too_large', { limit: '8 KiB' })
        await deps.commands.say({ session: request.params.id, text, key, actor })
        return { status: 204, body: null }
      }),
  )

  app.post(
    '/sessions/:id/end',
    {
      schema: {
        tags,
        summary: 'End a session',
        params: wire.sessionParams,
        body: wire.sessionEnd,
        response: answers(204, null, 'It is ending.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        await deps.commands.end({ session: request.params.id, mode: request.body.mode, key, actor })
        return { status: 204, body: null }
      }),
  )
}
