import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { answers } from '../answers.ts'
import type { ApiParts } from '../parts.ts'

/** This API's own description. */
export const openapiRoute: FastifyPluginAsyncTypebox<ApiParts> = async (app) => {
  const schema = {
    tags: ['capabilities'],
    summary: 'The OpenAPI document',
    response: answers(200, Type.Unknown(), 'OpenAPI 3.1.'),
  }
  app.get('/openapi.json', { schema }, async () => app.swagger())
}
