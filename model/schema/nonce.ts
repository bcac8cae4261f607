import { Type } from 'typebox'
import { instant, record, words } from './text.ts'

export const nonceRequest = record('NonceRequest', {
  method: words(['POST', 'PUT', 'PATCH', 'DELETE']),
  path: Type.String({ pattern: '^/api/v1/', maxLength: 2048, description: 'As in the request that will follow.' }),
  body: Type.Optional(Type.Unknown({ description: 'As in the request that will follow; absent when it has none.' })),
  ifMatch: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: 'The `If-Match` of the request that will follow; absent when it has none.',
    }),
  ),
})

export const nonceAnswer = record('Nonce', {
  nonce: Type.String({ description: 'Send it in `X-GEMBA-Confirm`.' }),
  expiresAt: instant,
})
