import { Type } from 'typebox'
import { record } from './text.ts'

export const health = record('Health', {
  ok: Type.Boolean(),
  parts: Type.Record(Type.String(), record('PartHealth', { ok: Type.Boolean(), why: Type.String() })),
})
