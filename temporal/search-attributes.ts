import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common'

/** The register of search attributes: keywords only, eight at most, because an SQL server has ten. */
export const searchAttributes = {
  kind: defineSearchAttributeKey('GembaKind', SearchAttributeType.KEYWORD),
  project: defineSearchAttributeKey('GembaProject', SearchAttributeType.KEYWORD),
  bead: defineSearchAttributeKey('GembaBead', SearchAttributeType.KEYWORD),
  session: defineSearchAttributeKey('GembaSession', SearchAttributeType.KEYWORD),
  host: defineSearchAttributeKey('GembaHost', SearchAttributeType.KEYWORD),
  pool: defineSearchAttributeKey('GembaPool', SearchAttributeType.KEYWORD),
  wrapper: defineSearchAttributeKey('GembaWrapper', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('GembaState', SearchAttributeType.KEYWORD),
} as const

/** The typed attributes of one workflow; absent ones are left out. */
export function attributesOf(values: Partial<Record<keyof typeof searchAttributes, string>>): TypedSearchAttributes {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: searchAttributes[name as keyof typeof searchAttributes], value }],
  )
  return new TypedSearchAttributes(pairs)
}
