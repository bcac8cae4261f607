import fastifySwagger from '@fastify/swagger'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { ApiParts } from './parts.ts'
import { routes } from './routes.ts'

type Json = Record<string, unknown>

/** Collects the routes that are registered afterwards into an OpenAPI 3.1 document: `app.swagger()`. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gemba',
        version: '1',
        description:
          'Every change needs a nonce of `POST /api/v1/nonces` in `X-GEMBA-Confirm`, but for signing in and out. ' +
          'Errors are `application/problem+json` with a stable `code`.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'The local token.' },
          session: { type: 'apiKey', in: 'cookie', name: 'gemba-session-<port>', description: 'Set by sign-in.' },
          browser: { type: 'apiKey', in: 'header', name: 'X-GEMBA-Browser', description: 'Given by sign-in.' },
          hostToken: { type: 'http', scheme: 'bearer', description: 'The token of agent hosts.' },
        },
      },
      security: [{ token: [] }, { session: [], browser: [] }],
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => {
      const hidden = !url.startsWith('/api/') && url !== '/healthz'
      const confirmed = route.method !== 'GET' && route.config?.access !== 'open' && !route.config?.unconfirmed
      const headers = confirmed ? { headers: confirmHeaders(changesOneBead(String(route.method), url)) } : {}
      return { url, schema: { ...schema, ...headers, ...(hidden ? { hide: true } : {}) } }
    },
    transformObject: (document) => ('openapiObject' in document ? named(document.openapiObject) : {}),
  })
}

/** The document of all routes, built without a store, a work plane or Temporal. */
export async function openapiDocument(): Promise<Json> {
  const app = fastify({ exposeHeadRoutes: false })
  await describeRoutes(app)
  await routes(app, untouched())
  await app.ready()
  const document = app.swagger() as unknown as Json
  await app.close()
  return document
}

/** Parts that no route may touch before a request comes. */
function untouched(): ApiParts {
  const refuse = (_: object, part: string | symbol): never => {
    throw new Error(`a route touched ${String(part)} before any request`)
  }
  const nothing = <T extends object>(): T => new Proxy<T>({} as T, { get: refuse })
  return {
    deps: nothing<ApiParts['deps']>(),
    streams: nothing<ApiParts['streams']>(),
    signIn: nothing<ApiParts['signIn']>(),
    confirm: () => Promise.reject(new Error('no request comes here')),
  }
}

/** What of a bead is changed only while it is still the one that was seen, if the caller says which. */
function changesOneBead(method: string, url: string): boolean {
  return method === 'PATCH' || method === 'DELETE' || /\/beads\/:id\/(close|reopen)$/.test(url)
}

function confirmHeaders(ifMatch: boolean): Json {
  const text = { type: 'string' }
  return {
    type: 'object',
    required: ['x-gemba-confirm'],
    properties: { 'x-gemba-confirm': text, ...(ifMatch ? { 'if-match': text } : {}) },
  }
}

/** Moves every schema with a title to the components, so that generated clients have names for them. */
function named<T extends object>(document: T): T {
  const schemas: Json = {}
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit)
    if (typeof node !== 'object' || node === null) return node
    const moved = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, visit(value)]))
    const { title, ...rest } = moved
    if (typeof title !== 'string' || !('type' in rest || 'anyOf' in rest)) return moved
    schemas[title] = rest
    return { $ref: `#/components/schemas/${title}` }
  }
  const { info, paths, components, ...others } = document as Json
  const visited = visit(paths)
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...others, info, components: { ...(components as Json), schemas: sorted }, paths: visited } as T
}
