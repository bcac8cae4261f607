import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { GembaError, isErrorCode } from '../../model/error.ts'
import { beadParams } from '../../model/schema/bead.ts'
import * as wire from '../../model/schema/dispatch.ts'
import type { DispatchResult } from '../../temporal/contracts/dispatch.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['dispatch']

/** Starting work: the only way a bead gets a session. */
export const dispatch: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
  app.post(
    '/dispatch',
    {
      schema: {
        tags,
        summary: 'Start beads',
        description: 'Each bead is admitted or refused by itself. A single refused bead answers with its problem.',
        body: wire.dispatchRequest,
        response: answers(200, wire.dispatchAnswer, 'What became of each bead.'),
      },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        const { items } = request.body
        const results = await deps.commands.dispatch({ items, key, actor })
        const [only] = results
        if (items.length === 1 && only?.admitted === false) throw refusalOf(only)
        return { status: 200, body: { results: results.map(told) } }
      }),
  )

  app.post(
    '/beads/:id/unpark',
    { schema: { tags, summary: 'Unpark a bead', params: beadParams, response: answers(204, null, 'Unparked.') } },
    async (request, reply) =>
      confirm(request, reply, async ({ key, actor }) => {
        refuseBody(request.body)
        await deps.commands.unpark({ bead: request.params.id, key, actor })
        return { status: 204, body: null }
      }),
  )

  app.get(
    '/parked',
    { schema: { tags, summary: 'List parked beads', response: answers(200, wire.parkedList, 'Parked beads.') } },
    async () => {
      const { items } = await deps.store.snapshots({ kind: 'dispatch', project: deps.project.id, limit: 1 })
      return { items: parkedOf(items[0]?.view) }
    },
  )
}

type Refusal = Extract<DispatchResult, { admitted: false }>

export function refusalOf(refusal: Refusal): GembaError {
  return isErrorCode(refusal.code)
    ? new GembaError(refusal.code, { ...refusal.params })
    : new GembaError('internal', { why: `the dispatcher refused with ${refusal.code}` })
}

function told(result: DispatchResult): Static<typeof wire.dispatchAnswer>['results'][number] {
  if (result.admitted) return result
  const refusal = refusalOf(result)
  return {
    bead: result.bead,
    admitted: false,
    code: refusal.code,
    params: refusal.params,
    message: refusal.message,
    mend: refusal.mend,
  }
}

/** A body is not needed here; an empty object does no harm. */
function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return
  if (typeof body !== 'object' || Object.keys(body).length > 0) {
    throw new GembaError('bad_request', { why: 'the body must be absent or empty' })
  }
}

function parkedOf(view: unknown): Static<typeof wire.parkedList>['items'] {
  const parked = typeof view === 'object' && view !== null && 'parked' in view ? view.parked : undefined
  return Array.isArray(parked) ? (parked as Static<typeof wire.parkedList>['items']) : []
}
