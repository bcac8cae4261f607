import { Type } from 'typebox'
import { nullable, record } from './text.ts'

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

/** Why something does not do well; `code` is null while it does, and for a failure that the catalogue does not know. */
export const trouble = {
  why: Type.String({ description: 'What happened, for a person.' }),
  code: nullable(Type.String()),
  mend: Type.String({ description: 'What to do about it.' }),
}
