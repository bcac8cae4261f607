import { Type } from 'typebox'
import { record, words } from './text.ts'

export const actor = record('Actor', {
  name: Type.String(),
  via: words(['console', 'api', 'cli', 'chat', 'terminal', 'system']),
  why: Type.Optional(Type.String()),
})
