import type { TSchema } from 'typebox'

/** One key of a configuration file, as reference and `gemba config explain` show it. */
export interface ConfigKey {
  /** Dotted, `repository[].path` for lists of tables. */
  readonly path: string
  readonly table: string
  readonly type: string
  readonly description: string
  readonly required: boolean
  readonly fallback: unknown
  readonly environment: string | undefined
}

/** A JSON schema as far as the reference reads it. */
interface Described {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly environment?: string
  readonly const?: unknown
  readonly anyOf?: readonly Described[]
  readonly items?: Described
  readonly properties?: Readonly<Record<string, Described>>
  readonly required?: readonly string[]
}

/** All tables of a schema with their keys, in the order of the schema. */
export function configTables(schema: TSchema): { name: string; description: string; keys: ConfigKey[] }[] {
  const top = schema as Described
  return Object.entries(top.properties ?? {}).map(([name, entry]) => {
    const path = entry.items === undefined ? name : `${name}[]`
    const content = entry.items ?? entry
    const keys = Object.entries(content.properties ?? {}).map(([key, leaf]) => ({
      path: `${path}.${key}`,
      table: path,
      type: typeOf(leaf),
      description: leaf.description ?? '',
      required: content.required?.includes(key) ?? false,
      fallback: leaf.default,
      environment: leaf.environment,
    }))
    return { name: path, description: content.description ?? '', keys }
  })
}

function typeOf(schema: Described): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((option) => JSON.stringify(option.const)).join(' or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}s`
  if (schema.type === 'object') return 'table of strings'
  return schema.type ?? 'any'
}
