import { builtinStatuses, builtinTypes } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Database, Reading } from './database.ts'

/** Versions of the Beads schema that writing was tested with (facts of `bd` 4.4). */
const writableVersions: readonly number[] = [32]

/** What the database at hand looks like. */
export interface Shape {
  readonly version: number
  /** SQL for the target of an edge, over a row of `dependencies`. */
  readonly dependsOn: string
  /** Why nothing may be written, or null. */
  readonly readOnly: GembaError | null
  readonly hasCustomWords: boolean
}

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

/** Looks before trusting: which schema, and whether this login may write. Fails with `work_plane_schema` on no Beads at all. */
export async function readShape(database: Database): Promise<Shape> {
  const seen = await database.read(async (reading) => {
    const columns = await reading.rows<{ tab: string; col: string }>(
      `SELECT table_name AS tab, column_name AS col FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name IN ('issues', 'dependencies', 'schema_migrations', 'custom_types')`,
    )
    const names = new Set(columns.map(({ tab, col }) => `${tab}.${col}`))
    if (!names.has('issues.id') || !names.has('schema_migrations.version')) {
      throw new GembaError('work_plane_schema', { why: 'it holds no Beads tables' })
    }
    return { names, version: await readVersion(reading) }
  })
  const old = seen.names.has('dependencies.depends_on_id')
  const schema = schemaProblem(seen.version, old)
  return {
    version: seen.version,
    dependsOn: old ? 'depends_on_id' : 'COALESCE(depends_on_issue_id, depends_on_wisp_id, depends_on_external)',
    readOnly: schema ?? (await loginProblem(database)),
    hasCustomWords: seen.names.has('custom_types.name'),
  }
}

/** Reads prefix, statuses, types and the schema version in one look. */
export async function readWords(reading: Reading, shape: Shape): Promise<Words> {
  const custom = shape.hasCustomWords
    ? `UNION ALL SELECT 'status', name, category FROM custom_statuses UNION ALL SELECT 'type', name, '' FROM custom_types`
    : ''
  const rows = await reading.rows<{ kind: string; name: string; value: string }>(
    `SELECT 'config' AS kind, \`key\` AS name, value FROM config WHERE \`key\` IN ('issue_prefix', 'allowed_prefixes',
       'issue_id_mode', 'min_hash_length', 'max_hash_length', 'max_collision_prob', 'status.custom', 'types.custom', 'types.infra')
     UNION ALL SELECT 'version', '', CAST(MAX(version) AS CHAR) FROM schema_migrations ${custom}`,
  )
  const config = new Map(rows.filter((row) => row.kind === 'config').map((row) => [row.name, row.value]))
  const named = (kind: string): string[] => rows.filter((row) => row.kind === kind).map((row) => row.name)
  return {
    version: Number(rows.find((row) => row.kind === 'version')?.value ?? 0),
    prefix: (config.get('issue_prefix') ?? '').replace(/-$/, ''),
    allowedPrefixes: listOf(config.get('allowed_prefixes')),
    counterIds: config.get('issue_id_mode') === 'counter',
    minHashLength: within(config.get('min_hash_length'), 3, 8, 3),
    maxHashLength: within(config.get('max_hash_length'), 3, 8, 8),
    maxCollision: within(config.get('max_collision_prob'), 0, 1, 0.25),
    statuses: unique([...builtinStatuses, ...named('status'), ...statusNames(config.get('status.custom'))]),
    wispTypes: wispTypesOf(config.get('types.infra')),
    types: unique([...builtinTypes, ...named('type'), ...listOf(config.get('types.custom'))]),
  }
}

/** Fails when writing to this version was never tested, also when another program moved the schema meanwhile. */
export function requireWritable(shape: Shape, words: Words): void {
  if (shape.readOnly !== null) throw shape.readOnly
  const problem = schemaProblem(words.version, true)
  if (problem !== null) throw problem
}

async function readVersion(reading: Reading): Promise<number> {
  const [row] = await reading.rows<{ version: number | null }>('SELECT MAX(version) AS version FROM schema_migrations')
  return row?.version ?? 0
}

function schemaProblem(version: number, hasDependsOn: boolean): GembaError | null {
  if (writableVersions.includes(version) && hasDependsOn) return null
  const tested = writableVersions.join(', ')
  return new GembaError('work_plane_schema', { why: `its version is ${version}, tested for writing are ${tested}` })
}

/** A login may read only, or write rows but not commit them: both show in statements that change nothing. */
async function loginProblem(database: Database): Promise<GembaError | null> {
  const probes = ["UPDATE issues SET status = status WHERE id = ''", "DELETE FROM labels WHERE issue_id = ''"]
  for (const probe of [...probes, 'CALL DOLT_ADD()']) {
    const problem = await database
      .rehearse((writing) => writing.rows(probe))
      .then(
        () => null,
        (error: unknown) => (error instanceof GembaError && error.code === 'read_only' ? error : null),
      )
    if (problem !== null) return problem
  }
  return null
}

function wispTypesOf(config: string | undefined): readonly string[] {
  const own = listOf(config)
  return own.length > 0 ? own : ['agent', 'rig', 'role', 'message']
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
