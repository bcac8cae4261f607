import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { HostView } from '../../model/host.ts'
import { hostList } from '../../model/schema/host.ts'
import { answers } from '../answers.ts'
import type { ApiDeps } from '../api-deps.ts'
import type { ApiParts } from '../parts.ts'

/** The machines that run agents. */
export const hosts: FastifyPluginAsyncTypebox<ApiParts> = async (app, { deps }) => {
  app.get(
    '/hosts',
    { schema: { tags: ['hosts'], summary: 'List hosts', response: answers(200, hostList, 'All hosts.') } },
    async () => ({ items: await listHosts(deps) }),
  )
}

/** What the host workflows published, with what the hosts said of themselves since; also hosts that have just come. */
async function listHosts(deps: ApiDeps): Promise<HostView[]> {
  const page = await deps.store.snapshots({ kind: 'host', project: deps.project.id, limit: 1000 })
  const published = page.items.map((snapshot) => snapshot.view as HostView)
  const known = new Set(published.map((host) => host.id))
  const fresh = deps.hub.announcements().filter(({ host }) => !known.has(host))
  const begun = fresh.map(({ host, kinds, slots, version }): HostView => {
    // Online only once the dispatcher knows of it: nothing starts there before.
    const status = deps.hub.isAttached(host) ? 'enrolling' : 'offline'
    return { id: host, label: host, status, kinds, slots, lastSeen: null, version }
  })
  return [...published, ...begun].map((host) => ({ ...host, lastSeen: lastSeenOf(deps, host) }))
}

function lastSeenOf(deps: ApiDeps, host: HostView): string | null {
  const heard = deps.hub.lastHeard(host.id)?.toISOString()
  return heard !== undefined && (host.lastSeen === null || heard > host.lastSeen) ? heard : host.lastSeen
}
