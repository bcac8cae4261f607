import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { BeadSummary } from '../../model/bead.ts'
import { tableOf } from '../../model/board-table.ts'
import { boardTable } from '../../model/schema/board-table.ts'
import { answers } from '../answers.ts'
import { brotli, takesBrotli } from '../compression.ts'
import { formatEventId } from '../event-id.ts'
import type { ApiParts } from '../parts.ts'

/** The whole board in one answer, small enough to be read at once. */
export const board: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  let written: { readonly of: readonly BeadSummary[]; readonly text: string } | undefined
  let packed: { readonly of: string; readonly bytes: Promise<Buffer> } | undefined

  /** Written once for each state of the board, whoever asks. */
  function textOf(beads: readonly BeadSummary[]): string {
    if (written?.of !== beads) written = { of: beads, text: JSON.stringify(tableOf(beads)).slice(1) }
    return written.text
  }

  /** Compressed once for each text: of ten thousand beads that takes longer than all the rest. */
  function bytesOf(text: string): Promise<Buffer> {
    if (packed?.of !== text) packed = { of: text, bytes: brotli(text) }
    return packed.bytes
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
    async (request, reply) => {
      // Before the beads: what is logged later is told again by the events, never left out.
      const event = formatEventId(deps.store.epoch, await deps.store.lastEvent())
      const text = `{"event":${JSON.stringify(event)},${textOf(deps.board.all())}`
      reply.type('application/json; charset=utf-8').serializer(String)
      if (!takesBrotli(request.headers['accept-encoding'])) return reply.send(text as never)
      const bytes = await bytesOf(text)
      return reply
        .header('vary', 'accept-encoding')
        .header('content-encoding', 'br')
        .send(bytes as never)
    },
  )
}
