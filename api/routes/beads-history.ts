import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ManifestPage } from '../../model/manifest.ts'
import * as wire from '../../model/schema/manifest.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

const nothing: ManifestPage = { items: [], warnings: [], cursor: null }

/** What people changed in the current Beads source, from the session manifest (seed 001, 7). */
export const beadsHistory: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.get(
    '/beads-history',
    {
      schema: {
        tags: ['beads'],
        summary: 'Read the Beads history',
        description:
          'Entries of the session manifest that are about the current source, newest first; parsed anew each time. ' +
          'Lines that are no entries are warnings. New entries come as `manifest.appended` events.',
        querystring: wire.beadsHistoryQuery,
        response: answers(200, wire.beadsHistory, 'A page of the history.'),
      },
      validatorCompiler: TypeBoxValidatorCompiler,
    },
    async ({ query: { limit = 50, cursor } }) => {
      const manifest = deps.mode.manifest()
      if (manifest === null) return { ...nothing, state: (await deps.mode.status()).manifest }
      // Whether anything is recorded follows from what the source says of itself now.
      const [page] = await Promise.all([manifest.page({ limit, cursor }), deps.work.manifest().catch(() => undefined)])
      return { ...page, state: manifest.state() }
    },
  )
}
