import { Type } from 'typebox'

/** What a viewer of a terminal may send. Read-only until it takes control. */
export const viewerMessage = Type.Union([
  Type.Object({ type: Type.Literal('control'), on: Type.Boolean() }, { additionalProperties: false }),
  Type.Object(
    { type: Type.Literal('keys'), data: Type.String({ minLength: 1, maxLength: 8192 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('resize'),
      columns: Type.Integer({ minimum: 2, maximum: 500 }),
      rows: Type.Integer({ minimum: 2, maximum: 300 }),
    },
    { additionalProperties: false },
  ),
  Type.Object({ type: Type.Literal('ack'), bytes: Type.Integer({ minimum: 0 }) }, { additionalProperties: false }),
])
