import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Surface } from '../model/mode.ts'
import { beadsExport } from './routes/beads-export.ts'
import { beadsImport } from './routes/beads-import.ts'
import { beadLinks } from './routes/bead-links.ts'
import { beadsHistory } from './routes/beads-history.ts'
import { beads } from './routes/beads.ts'
import { board } from './routes/board.ts'
import { capabilities } from './routes/capabilities.ts'
import { dispatch } from './routes/dispatch.ts'
import { escalations } from './routes/escalations.ts'
import { events } from './routes/events.ts'
import { health } from './routes/health.ts'
import { hostStream } from './routes/host-stream.ts'
import { hosts } from './routes/hosts.ts'
import { login } from './routes/login.ts'
import { nonces } from './routes/nonces.ts'
import { openapiRoute } from './routes/openapi-route.ts'
import { sessions } from './routes/sessions.ts'
import { status } from './routes/status.ts'
import { terminal } from './routes/terminal.ts'
import type { ApiDeps } from './api-deps.ts'
import { missingSurface } from './missing-surface.ts'
import type { ApiParts } from './parts.ts'

interface Noun {
  readonly plugin: FastifyPluginAsync<ApiParts>
  /** Where the server lacks this surface, every address of the noun says so. */
  readonly surface?: Surface
}

const nouns: readonly Noun[] = [
  { plugin: capabilities },
  { plugin: status },
  { plugin: beads },
  { plugin: board },
  { plugin: beadLinks },
  { plugin: beadsHistory, surface: 'history' },
  { plugin: beadsImport },
  { plugin: beadsExport },
  { plugin: dispatch, surface: 'dispatch' },
  { plugin: sessions, surface: 'sessions' },
  { plugin: terminal, surface: 'sessions' },
  { plugin: escalations, surface: 'escalations' },
  { plugin: hosts, surface: 'hosts' },
  { plugin: hostStream, surface: 'hosts' },
  { plugin: events },
  { plugin: nonces },
  { plugin: login },
  { plugin: openapiRoute },
]

/** Every address of the API, one plugin a noun. */
export async function routes(app: FastifyInstance, parts: ApiParts): Promise<void> {
  for (const { plugin, surface } of nouns) {
    await app.register(async (scope) => {
      if (surface !== undefined) scope.addHook('onRequest', async () => refuseMissing(parts.deps, surface))
      await scope.register(plugin, { ...parts, prefix: '/api/v1' })
    })
  }
  await app.register(health, parts)
}

function refuseMissing({ mode }: ApiDeps, surface: Surface): void {
  const missing = missingSurface(mode.profile(), surface)
  if (missing !== undefined) throw missing
}
