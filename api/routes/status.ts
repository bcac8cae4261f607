import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { modeStatus, remoteSetUp, sourceSelection } from '../../model/schema/mode.ts'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

const tags = ['status']
const answer = answers(200, modeStatus, 'Mode, source and health.')

/** The mode of the server, its Beads source, and the repairs of the Status panel (seed 001, 4 and 5). */
export const status: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps, confirm }) => {
  app.get('/status', { schema: { tags, summary: 'Mode, source and health', response: answer } }, () =>
    deps.mode.status(),
  )

  app.post(
    '/status/check',
    { schema: { tags, summary: 'Look at the Beads source now', response: answer } },
    async (request, reply) =>
      confirm(request, reply, async () => {
        // What the look found is what is told; that it failed is no failure of the request.
        await deps.mode.check().catch(() => undefined)
        return { status: 200, body: await deps.mode.status() }
      }),
  )

  app.post(
    '/status/source',
    {
      config: { choosesSource: true },
      schema: { tags, summary: 'Choose the Beads source', body: sourceSelection, response: answer },
    },
    async (request, reply) =>
      confirm(request, reply, async ({ actor }) => {
        await deps.mode.select(request.body, actor)
        return { status: 200, body: await deps.mode.status() }
      }),
  )

  app.post(
    '/status/remote',
    { schema: { tags, summary: 'Give the Beads source a remote', body: remoteSetUp, response: answer } },
    async (request, reply) =>
      confirm(request, reply, async () => {
        await deps.mode.setUpRemote(request.body)
        return { status: 200, body: await deps.mode.status() }
      }),
  )
}
