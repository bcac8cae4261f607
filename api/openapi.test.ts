import { readFile } from 'node:fs/promises'
import { fastify } from 'fastify'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { describe, expect, it } from 'vitest'
import { openapiDocument } from './openapi.ts'
import type { ApiParts } from './parts.ts'
import { routes } from './routes.ts'
import { testApi } from './testing/test-api.ts'

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string }[]
  readonly responses: Record<string, unknown>
}

const document = await openapiDocument()
const paths = document['paths'] as Record<string, Record<string, Operation>>

describe('the OpenAPI document', () => {
  it('covers every route, and nothing else', async () => {
    const app = fastify({ exposeHeadRoutes: false })
    const found: string[] = []
    app.addHook('onRoute', ({ method, url }) => {
      found.push(`${String(method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    })
    await routes(app, {} as ApiParts)
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(documented.sort()).toEqual(found.sort())
    await app.close()
  })

  it('says of each route what it is, how it answers and how it fails', () => {
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      expect(operation.summary).toBeTruthy()
      expect(operation.tags).toHaveLength(1)
      expect(Object.keys(operation.responses)).toHaveLength(2)
      expect(operation.responses).toHaveProperty('default')
    }
  })

  it('asks every change for a nonce, but for signing in and out and what prepares another request', () => {
    const without = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'get')
        .filter(([, { parameters = [] }]) => !parameters.some(({ name }) => name === 'x-gemba-confirm'))
        .map(() => path),
    )
    expect(without).toEqual([
      '/api/v1/beads-import',
      '/api/v1/nonces',
      '/api/v1/login',
      '/api/v1/logout',
      '/api/v1/tickets',
    ])
  })

  it('lets no object have fields that it does not know', () => {
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      if ('properties' in node && 'type' in node) expect(node).toHaveProperty('additionalProperties', false)
      for (const child of Object.values(node)) visit(child)
    }
    visit(document['components'])
    visit(document['paths'])
  })

  it('is what the server serves, and what the repository holds', async () => {
    const api = await testApi()
    expect((await api.call({ url: '/api/v1/openapi.json' })).json()).toEqual(document)
    await api.app.close()
    const held: unknown = JSON.parse(await readFile(new URL('openapi.generated.json', import.meta.url), 'utf8'))
    expect(held).toEqual(document)
  })

  it('gives generated clients names', async () => {
    const client = astToString(await openapiTypescript(JSON.stringify(document)))
    expect(client).toContain('components["schemas"]["BeadDetail"]')
    expect(client).toContain('Problem: {')
  })
})
