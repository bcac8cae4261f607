import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import * as wire from '../../model/schema/bead.ts'
import type { Write } from '../../model/work-plane.ts'
import { answers } from '../answers.ts'
import { changeBeadWith, changedBead, writeOf } from '../bead-changes.ts'
import { currentBead, editUnheld, refreshed, refuseStart } from '../bead-edits.ts'
import { beadPage } from '../bead-page.ts'
import { isFresh, readTagOf } from '../etag.ts'
import { formatEventId } from '../event-id.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['beads']
const params = wire.beadParams

/** Reading and editing beads. Starting one is not an edit: see dispatch. */
export const beads: FastifyPluginAsyncTypebox<ApiParts> = async (app, parts) => {
  const { deps, confirm } = parts
  const changeBead = changeBeadWith(parts)

  app.get(
    '/beads',
    {
      schema: {
        tags,
        summary: 'List beads',
        description: 'By priority, then newest first, from the projection.',
        querystring: wire.beadQuery,
        response: answers(200, wire.beadPage, 'A page of beads.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ query: { limit = 200, cursor, ...filter } }) => {
      // Before the beads: what is logged later is told again by the events, never left out.
      const event = formatEventId(deps.store.epoch, await deps.store.lastEvent())
      return { ...beadPage(deps.board.all(), filter, { limit, cursor }), event }
    },
  )

  app.get(
    '/beads/:id',
    {
      schema: {
        tags,
        summary: 'Read a bead',
        description: 'Answers 304 when `If-None-Match` names what is shown. The tag serves for `If-Match` as well.',
        params,
        response: answers(200, wire.beadDetail, 'The bead; `ETag` holds its version and what is shown around it.'),
      },
    },
    async (request, reply) => {
      const bead = await currentBead(deps, request.params.id)
      const tag = readTagOf(bead)
      reply.header('etag', `"${tag}"`)
      return isFresh(request.headers['if-none-match'], tag) ? reply.code(304).send() : bead
    },
  )

  app.post(
    '/beads',
    {
      schema: {
        tags,
        summary: 'Create a bead',
        body: wire.newBead,
        response: answers(201, wire.beadDetail, 'The new bead.'),
      },
    },
    async (request, reply) => {
      const create = async (write: Write) => {
        refuseStart(deps, request.body.id ?? 'to be created', request.body)
        return deps.work.create(request.body, write)
      }
      return changeBead(request, reply, create, 201)
    },
  )

  app.patch(
    '/beads/:id',
    {
      schema: {
        tags,
        summary: 'Edit a bead',
        description: 'With `If-Match` only when its version is still that one.',
        params,
        body: wire.beadPatch,
        response: changedBead,
      },
    },
    async (request, reply) =>
      changeBead(request, reply, (write) => {
        const { id } = request.params
        const patch = request.body
        if (patch.status === undefined && patch.assignee === undefined) return deps.work.update(id, patch, write)
        return editUnheld(deps, id, write, (current, guarded) => {
          refuseStart(deps, id, patch, current)
          return deps.work.update(id, patch, guarded)
        })
      }),
  )

  app.delete(
    '/beads/:id',
    { schema: { tags, summary: 'Delete a bead', params, response: answers(204, null, 'Deleted.') } },
    async (request, reply) =>
      confirm(request, reply, async (confirmed) => {
        const { id } = request.params
        await editUnheld(deps, id, writeOf(request, confirmed), async (current, write) => {
          await deps.work.delete(id, write)
          return current
        })
        await refreshed(deps)
        return { status: 204, body: null }
      }),
  )

  app.post(
    '/beads/:id/close',
    { schema: { tags, summary: 'Close a bead', params, body: wire.closeBead, response: changedBead } },
    async (request, reply) =>
      changeBead(request, reply, (write) => {
        const { id } = request.params
        return editUnheld(deps, id, write, (_, guarded) => deps.work.close(id, request.body, guarded))
      }),
  )

  app.post(
    '/beads/:id/reopen',
    { schema: { tags, summary: 'Reopen a bead', params, body: wire.reopenBead, response: changedBead } },
    async (request, reply) =>
      changeBead(request, reply, (write) => {
        const { id } = request.params
        return editUnheld(deps, id, write, (_, guarded) => deps.work.reopen(id, request.body, guarded))
      }),
  )
}
