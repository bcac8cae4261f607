import type { FastifyInstance } from 'fastify'
import { beadLinks } from './routes/bead-links.ts'
import { beads } from './routes/beads.ts'
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
import { terminal } from './routes/terminal.ts'
import type { ApiParts } from './parts.ts'

const nouns = [
  capabilities,
  beads,
  beadLinks,
  dispatch,
  sessions,
  terminal,
  escalations,
  hosts,
  hostStream,
  events,
  nonces,
  login,
  openapiRoute,
]

/** Every address of the API, one plugin a noun. */
export async function routes(app: FastifyInstance, parts: ApiParts): Promise<void> {
  for (const noun of nouns) await app.register(noun, { ...parts, prefix: '/api/v1' })
  await app.register(health, parts)
}
