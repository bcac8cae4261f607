import { builtinStatuses, builtinTypes } from '../../model/bead.ts'

/** What people configured in the database; may change at any time. */
export interface Words {
  readonly version: number
  readonly prefix: string
  readonly allowedPrefixes: readonly string[]
  readonly counterIds: boolean
  readonly minHashLength: number
  readonly maxHashLength: number
  readonly maxCollision: number
  readonly statuses: readonly string[]
  readonly types: readonly string[]
  /** Types whose beads bd keeps in the tables of wisps. */
  readonly wispTypes: readonly string[]
}

/** The keys of bd's configuration that words are read from. */
export const wordKeys = [
  ...['issue_prefix', 'allowed_prefixes', 'issue_id_mode', 'min_hash_length', 'max_hash_length', 'max_collision_prob'],
  ...['status.custom', 'types.custom', 'types.infra'],
] as const

export interface WordSources {
  readonly version: number
  /** What the configuration says under a key. */
  readonly config: (key: (typeof wordKeys)[number]) => string | undefined
  /** Names that are kept in other places than the configuration. */
  readonly statuses: readonly string[]
  readonly types: readonly string[]
}

export function configuredWords({ version, config, statuses, types }: WordSources): Words {
  const infra = listOf(config('types.infra'))
  return {
    version,
    prefix: (config('issue_prefix') ?? '').replace(/-$/, ''),
    allowedPrefixes: listOf(config('allowed_prefixes')),
    counterIds: config('issue_id_mode') === 'counter',
    minHashLength: within(config('min_hash_length'), 3, 8, 3),
    maxHashLength: within(config('max_hash_length'), 3, 8, 8),
    maxCollision: within(config('max_collision_prob'), 0, 1, 0.25),
    statuses: unique([...builtinStatuses, ...statuses, ...statusNames(config('status.custom'))]),
    wispTypes: infra.length > 0 ? infra : ['agent', 'rig', 'role', 'message'],
    types: unique([...builtinTypes, ...types, ...listOf(config('types.custom'))]),
  }
}

function statusNames(config: string | undefined): string[] {
  return listOf(config).map((each) => each.split(':')[0] ?? '')
}

/** bd keeps lists either with commas or as JSON. */
function listOf(config: string | undefined): string[] {
  return (config ?? '')
    .replace(/[[\]"]/g, '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].filter((word) => word !== '')
}

function within(value: string | undefined, least: number, most: number, otherwise: number): number {
  const number = Number(value ?? Number.NaN)
  return number >= least && number <= most ? number : otherwise
}
