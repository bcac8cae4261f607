import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import * as wire from '../../model/schema/bead.ts'
import { answers } from '../answers.ts'
import { currentBead, writtenBead } from '../bead-edits.ts'
import type { ApiParts } from '../parts.ts'
import { writeOf } from './beads.ts'

const tags = ['beads']
const changed = answers(200, wire.beadDetail, 'The bead as it is now; `ETag` holds its version.')

/** What hangs on a bead: comments and dependencies. */
export const beadLinks: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
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
    async (request, reply) =>
      confirm(request, reply, async (confirmed) => {
        const { id } = request.params
        await deps.work.comment(id, request.body.text, writeOf(request, confirmed))
        return { status: 201, body: await writtenBead(deps, await currentBead(deps, id)) }
      }),
  )

  app.put(
    '/beads/:id/dependencies/:target',
    {
      schema: {
        tags,
        summary: 'Let a bead depend on another',
        params: wire.dependencyParams,
        body: wire.newDependency,
        response: changed,
      },
    },
    async (request, reply) =>
      confirm(request, reply, async (confirmed) => {
        const { id, target } = request.params
        const write = writeOf(request, confirmed)
        const written = await deps.work.addDependency(id, target, request.body.kind, write)
        return { status: 200, body: await writtenBead(deps, written) }
      }),
  )

  app.delete(
    '/beads/:id/dependencies/:target',
    { schema: { tags, summary: 'Remove a dependency', params: wire.dependencyParams, response: changed } },
    async (request, reply) =>
      confirm(request, reply, async (confirmed) => {
        const { id, target } = request.params
        const written = await deps.work.removeDependency(id, target, writeOf(request, confirmed))
        return { status: 200, body: await writtenBead(deps, written) }
      }),
  )
}
