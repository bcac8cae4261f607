import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { GembaError } from '../../model/error.ts'
import * as wire from '../../model/schema/escalation.ts'
import { pageQuery } from '../../model/schema/session.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'
import { snapshotPage } from '../snapshot-pages.ts'

const tags = ['escalations']

/** Questions that wait for a person. Their ids hold slashes: percent-encode them in paths. */
export const escalations: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
  app.get(
    '/escalations',
    {
      schema: {
        tags,
        summary: 'List escalations',
        description: 'Open ones first, each by its last change.',
        querystring: pageQuery,
        response: answers(200, wire.escalationPage, 'A page of escalations.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ query: { open, limit = 200, cursor } }) =>
      snapshotPage(deps.store, { kind: 'escalation', project: deps.project.id, open, limit, cursor }),
  )

  app.get(
    '/escalations/:id',
    {
      schema: {
        tags,
        summary: 'Read an escalation',
        params: wire.escalationParams,
        response: answers(200, wire.escalationView, 'The escalation.'),
      },
    },
    async ({ params }) => {
      const snapshot = await deps.store.snapshot('escalation', params.id)
      if (snapshot === undefined) throw new GembaError('escalation_not_found', { escalation: params.id })
      return snapshot.view
    },
  )

  app.post(
    '/escalations/:id/answer',
    {
      schema: {
        tags,
        summary: 'Answer an escalation',
        description: 'The first answer counts; later ones hear `already_decided` and by whom.',
        params: wire.escalationParams,
        body: wire.answerEscalation,
        response: answers(200, wire.escalationView, 'The decided escalation.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        const { value, text = '' } = request.body
        const answer = { escalation: request.params.id, value, text, key, actor }
        return { status: 200, body: await deps.commands.answer(answer) }
      }),
  )
}
