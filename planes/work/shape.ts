import { GembaError } from '../../model/error.ts'
import { configuredWords, wordKeys, type Words } from './configured-words.ts'
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

/** Looks before trusting: which schema, and whether this login may write. Fails with `beads_tables_missing` on no Beads at all. */
export async function readShape(database: Database): Promise<Shape> {
  const seen = await database.read(async (reading) => {
    const columns = await reading.rows<{ tab: string; col: string }>(
      `SELECT table_name AS tab, column_name AS col FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name IN ('issues', 'dependencies', 'schema_migrations', 'custom_types')`,
    )
    const names = new Set(columns.map(({ tab, col }) => `${tab}.${col}`))
    if (!names.has('issues.id') || !names.has('schema_migrations.version')) {
      throw await nothingThere(reading)
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

/** Whether it comes before all that writing by SQL was tested with: bd brings it to its own. */
export function isOlderSchema(version: number): boolean {
  return version > 0 && version < Math.min(...writableVersions)
}

/** Reads prefix, statuses, types and the schema version in one look. */
export async function readWords(reading: Reading, shape: Shape): Promise<Words> {
  const custom = shape.hasCustomWords
    ? `UNION ALL SELECT 'status', name, category FROM custom_statuses UNION ALL SELECT 'type', name, '' FROM custom_types`
    : ''
  const rows = await reading.rows<{ kind: string; name: string; value: string }>(
    `SELECT 'config' AS kind, \`key\` AS name, value FROM config WHERE \`key\` IN (?)
     UNION ALL SELECT 'version', '', CAST(MAX(version) AS CHAR) FROM schema_migrations ${custom}`,
    [wordKeys],
  )
  const config = new Map(rows.filter((row) => row.kind === 'config').map((row) => [row.name, row.value]))
  const named = (kind: string): string[] => rows.filter((row) => row.kind === kind).map((row) => row.name)
  return configuredWords({
    version: Number(rows.find((row) => row.kind === 'version')?.value ?? 0),
    config: (key) => config.get(key),
    statuses: named('status'),
    types: named('type'),
  })
}

/** Fails when writing to this version was never tested, also when another program moved the schema meanwhile. */
export function requireWritable(shape: Shape, words: Words): void {
  if (shape.readOnly !== null) throw shape.readOnly
  const problem = schemaProblem(words.version, true)
  if (problem !== null) throw problem
}

/** Nothing is told of the tables of a database that is not there either. */
async function nothingThere(reading: Reading): Promise<GembaError> {
  const [found] = await reading.rows<{ name: string }>('SELECT DATABASE() AS name, dolt_hashof_db() AS hash')
  return new GembaError('beads_tables_missing', { database: found?.name ?? '' })
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
