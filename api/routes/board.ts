import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { BeadSummary } from '../../model/bead.ts'
import { tableOf } from '../../model/board-table.ts'
import { boardTable } from '../../model/schema/board-table.ts'
import { answers } from '../answers.ts'
import { formatEventId } from '../event-id.ts'
import type { ApiParts } from '../parts.ts'

/** The whole board in one answer, small enough to be read at once. */
export const board: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  let written: { readonly of: readonly BeadSummary[]; readonly text: string } | undefined

  /** Written once for each state of the board, whoever asks. */
  function textOf(beads: readonly BeadSummary[]): string {
    if (written?.of !== beads) written = { of: beads, text: JSON.stringify(tableOf(beads)).slice(1) }
    return written.text
  }

  app.get(
    '/board',
    {
      schema: {
        tags: ['beads'],
        summary: 'The whole board in columns',
        description: 'Every bead, by priority, then newest first, from the projection. For viewers that show them all.',
        response: answers(200, boardTable, 'The board.'),
      },
    },
    async (_, reply) => {
      // Before the beads: what is logged later is told again by the events, never left out.
      const event = formatEventId(deps.store.epoch, await deps.store.lastEvent())
      const text = `{"event":${JSON.stringify(event)},${textOf(deps.board.all())}`
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(text as never)
    },
  )
}
