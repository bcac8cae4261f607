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
      const told = known?.source === deps.mode.sourceId() ? known.manifest : undefined
      const workPlane = told === undefined ? null : { ...told, ...deps.board.health() }
      return { ...describe(deps), ...placeOf(deps, told), workPlane }
    },
  )
}

/** As the status tells it, but without asking the source once more (seed 001, 4 and 11). */
function placeOf({ mode }: ApiDeps, plane: WorkPlaneManifest | undefined) {
  const { readOnly } = mode.profile()
  const { source, manifest_path } = mode.place(plane)
  return {
    source: source === null ? null : { ...source, readonly: plane?.readOnly === true || readOnly },
    manifest_path,
    beads_read_only: readOnly,
  }
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
