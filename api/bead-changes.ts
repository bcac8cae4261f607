import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BeadDetail } from '../model/bead.ts'
import { beadDetail } from '../model/schema/bead.ts'
import type { Write } from '../model/work-plane.ts'
import { answers } from './answers.ts'
import { currentBead, writtenBead } from './bead-edits.ts'
import type { Confirmed } from './confirm.ts'
import { ifMatchOf } from './etag.ts'
import type { ApiParts } from './parts.ts'

/** The documented answer of a route that changes a bead. */
export const changedBead = answers(200, beadDetail, 'The bead as it is now; `ETag` holds its version.')

export type ChangeBead = (
  request: FastifyRequest,
  reply: FastifyReply,
  change: (write: Write) => Promise<BeadDetail>,
  status?: number,
) => Promise<FastifyReply>

/**
 * The frame of every route that changes a bead: confirmed, only when `If-Match` still fits, and answered with the bead
 * as the projection has it then.
 */
export function changeBeadWith({ deps, confirm }: ApiParts): ChangeBead {
  return (request, reply, change, status = 200) =>
    confirm(
      request,
      reply,
      async (confirmed) => {
        const written = await change(writeOf(request, confirmed))
        return { status, body: await writtenBead(deps, written) }
      },
      (id) => currentBead(deps, id),
    )
}

/** The write that a confirmed request asks for. */
export function writeOf(request: FastifyRequest, { actor, key }: Confirmed): Write {
  const ifMatch = ifMatchOf(request.headers['if-match'])
  return ifMatch === undefined ? { actor, key } : { actor, key, ifMatch }
}
