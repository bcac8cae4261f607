import { Type, type TProperties } from 'typebox'

/** A key that an environment variable may override, for containers and secrets. */
export const environment = (name: string): { environment: string } => ({ environment: name })

export const table = <Properties extends TProperties>(properties: Properties, description: string) =>
  Type.Object(properties, { additionalProperties: false, description })

export const milliseconds = (description: string, value: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 30 * 24 * 3_600_000, default: value, description }))

export const waits = (description: string, value: readonly number[]) =>
  Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 20, default: [...value], description }))

export const idPattern = '^[a-z][a-z0-9-]{0,31}$'
export const prefixPattern = '^[A-Za-z][A-Za-z0-9_-]{0,31}$'
