import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { laneTitles } from '../../model/lanes.ts'
import { capabilities as schema } from '../../model/schema/capabilities.ts'
import type { WorkPlaneManifest } from '../../model/work-plane.ts'
import { answers } from '../answers.ts'
import type { ApiDeps } from '../api-deps.ts'
import type { ApiParts } from '../parts.ts'
import { linkOf } from '../temporal-ui.ts'

/** What this server is and can do. */
export const capabilities: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  let known: { readonly source: string; readonly manifest: WorkPlaneManifest } | undefined
  app.get(
    '/capabilities',
    {
      schema: {
        tags: ['capabilities'],
        summary: 'What this server is and can do',
        response: answers(200, schema, 'The capabilities; `workPlane` is null until it has answered once.'),
      },
    },
    async () => {
      const source = deps.mode.sourceId()
      const manifest = await deps.work.manifest().catch(() => undefined)
      // What one source said of itself is never told of another, also when they are exchanged meanwhile.
      if (manifest !== undefined && deps.mode.sourceId() === source) known = { source, manifest }
      const workPlane = known?.source === deps.mode.sourceId() ? { ...known.manifest, ...deps.board.health() } : null
      return { ...describe(deps), workPlane }
    },
  )
}

function describe(deps: ApiDeps) {
  const { project, version, person, orchestration, disk } = deps
  const profile = deps.mode.profile()
  const { id, name, prefix, defaultAgent, maxSessions } = project
  const repositories = project.repositories.map(({ id, base, integration }) => ({ id, base, integration }))
  const agents = project.agents.map(({ name }) => ({ name }))
  return {
    mode: profile.mode,
    profile,
    version,
    person,
    project: { id, name, prefix, repositories, agents, defaultAgent, maxSessions },
    orchestration,
    disk: disk.state,
    lanes: laneTitles,
    links: { temporalUi: linkOf(deps.temporalUi) },
  }
}
