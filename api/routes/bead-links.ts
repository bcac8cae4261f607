import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import * as wire from '../../model/schema/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { answers } from '../answers.ts'
import { changeBeadWith, changedBead } from '../bead-changes.ts'
import { currentBead } from '../bead-edits.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['beads']

/** What hangs on a bead: comments, dependencies and what was done to it. */
export const beadLinks: FastifyPluginAsyncTypebox<ApiParts> = async (app, parts) => {
  const { deps } = parts
  const changeBead = changeBeadWith(parts)

  app.get(
    '/beads/:id/history',
    {
      schema: {
        tags,
        summary: 'Read what was done to a bead',
        description:
          'Newest first, as the Beads database remembers it; comments and dependencies leave no trace there.',
        params: wire.beadParams,
        querystring: wire.historyQuery,
        response: answers(200, wire.beadHistory, 'The newest changes.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ params: { id }, query: { limit = 100 } }) => {
      const told = await deps.work.history?.(id, limit)
      return told ?? { items: [], more: false, recorded: false }
    },
  )

  app.post(
    '/beads/:id/comments',
    {
      schema: {
        tags,
        summary: 'Comment on a bead',
        params: wire.beadParams,
        body: wire.newComment,
        response: answers(201, wire.beadDetail, 'The bead with its comments, the new one last.'),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const comment = async (write: Write) => {
        await deps.work.comment(id, request.body.text, write)
        return currentBead(deps, id)
      }
      return changeBead(request, reply, comment, 201)
    },
  )

  app.put(
    '/beads/:id/dependencies/:target',
    {
      schema: {
        tags,
        summary: 'Let a bead depend on another',
        params: wire.dependencyParams,
        body: wire.newDependency,
        response: changedBead,
      },
    },
    async (request, reply) =>
      changeBead(request, reply, (write) => {
        const { id, target } = request.params
        return deps.work.addDependency(id, target, request.body.kind, write)
      }),
  )

  app.delete(
    '/beads/:id/dependencies/:target',
    { schema: { tags, summary: 'Remove a dependency', params: wire.dependencyParams, response: changedBead } },
    async (request, reply) =>
      changeBead(request, reply, (write) => {
        const { id, target } = request.params
        return deps.work.removeDependency(id, target, write)
      }),
  )
}
