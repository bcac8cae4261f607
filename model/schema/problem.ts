import { Type } from 'typebox'
import { record } from './text.ts'

/** `application/problem+json` (RFC 9457) with a stable code of the catalogue. */
export const problem = record('Problem', {
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String({ description: 'What happened, for a person.' }),
  mend: Type.String({ description: 'What to do about it.' }),
  params: Type.Record(Type.String(), Type.String()),
})
