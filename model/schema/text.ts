import { Type } from 'typebox'
import type { TSchema, TSchemaOptions } from 'typebox'

/** An object that refuses fields it does not know. Its name becomes a component of the OpenAPI document. */
export function record<const T extends Record<string, TSchema>>(
  name: string,
  properties: T,
  options: TSchemaOptions = {},
) {
  return Type.Object(properties, { ...options, title: name, additionalProperties: false })
}

/** An object of a path or a query string: without a name, as OpenAPI lists its fields one by one. */
export function parameters<const T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, { additionalProperties: false })
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** One of these words. */
export function words<const T extends readonly string[]>(values: T) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })
}

export const instant = Type.String({ format: 'date-time', description: 'An instant, RFC 3339.' })

/** An id of a bead, session, escalation or host; escalation ids hold slashes and are percent-encoded in paths. */
export const identifier = Type.String({ minLength: 1, maxLength: 512 })
