import type { WorkChange } from '../../model/work-plane.ts'
import type { Database, Reading } from './database.ts'
import type { Shape } from './shape.ts'
import { isLostConnection } from './sql-error.ts'

/** More changed rows than this in one table are cheaper to read as a whole. */
const mostRows = 2_000
const remembered = 32

type Beads = ReadonlySet<string> | 'all'

interface Sight {
  readonly hash: string
  readonly head: string
  readonly tables: Readonly<Record<Table, string>>
  /** Beads whose rows differed from `head` when we looked: not committed yet, and may still be taken back. */
  readonly dirty: ReadonlyMap<Table, Beads>
}

const tables = ['issues', 'labels', 'dependencies', 'comments'] as const
type Table = (typeof tables)[number]

/** Watches a database by its hash, which moves with every change of anybody, committed or not (facts of `bd` 6). */
export interface Watcher {
  cursor(): Promise<string>
  changes(cursor: string): Promise<WorkChange | null>
}

export function watch(database: Database, shape: () => Shape): Watcher {
  const sights = new Map<string, Sight>()
  const remember = (sight: Sight): string => {
    const cursor = `${sight.hash}.${sight.head}`
    sights.delete(cursor)
    sights.set(cursor, sight)
    for (const oldest of [...sights.keys()].slice(0, -remembered)) sights.delete(oldest)
    return cursor
  }
  return {
    cursor: () => database.read(async (reading) => remember(await look(reading, shape()))),
    changes: async (cursor) => {
      const [now] = await database.peek<{ hash: string }>('SELECT dolt_hashof_db() AS hash')
      const before = sights.get(cursor)
      if (before !== undefined && before.hash === now?.hash) return null
      return database.read(async (reading) => {
        const after = await look(reading, shape())
        const beads = before === undefined ? 'all' : await between(reading, shape(), before, after)
        return { cursor: remember(after), beads }
      })
    },
  }
}

async function look(reading: Reading, shape: Shape): Promise<Sight> {
  const hashes = tables.map((table) => `dolt_hashof_table('${table}') AS ${table}`).join(', ')
  const [row] = await reading.rows<{ hash: string; head: string } & Record<Table, string>>(
    `SELECT dolt_hashof_db() AS hash, dolt_hashof('HEAD') AS head, ${hashes}`,
  )
  const { hash = '', head = '', issues = '', labels = '', dependencies = '', comments = '' } = row ?? {}
  const dirty = new Map<Table, Beads>()
  for (const { name } of await reading.rows<{ name: string }>('SELECT table_name AS name FROM dolt_status')) {
    const table = tables.find((each) => each === name)
    if (table !== undefined) dirty.set(table, await differing(reading, shape, table, head))
  }
  return { hash, head, tables: { issues, labels, dependencies, comments }, dirty }
}

/** Whatever differs now from the old commit, and whatever did so then: a row that was taken back is in neither alone. */
async function between(
  reading: Reading,
  shape: Shape,
  before: Sight,
  after: Sight,
): Promise<readonly string[] | 'all'> {
  const beads = new Set<string>()
  for (const table of tables.filter((each) => before.tables[each] !== after.tables[each])) {
    const now = await differing(reading, shape, table, before.head)
    const then = before.dirty.get(table) ?? new Set()
    if (now === 'all' || then === 'all') return 'all'
    for (const bead of [...now, ...then]) beads.add(bead)
  }
  return beads.size > mostRows ? 'all' : [...beads].sort()
}

/** Beads with rows of the table that differ between the commit and now; both ends of edges. All when Dolt can not compare. */
async function differing(reading: Reading, shape: Shape, table: Table, commit: string): Promise<Beads> {
  const columns = columnsOf(table, shape)
  const select = columns.map((column, i) => `${column} AS c${i}`).join(', ')
  const rows = await reading
    .rows<Record<string, string | null>>(`SELECT ${select} FROM dolt_diff(?, 'WORKING', ?) LIMIT ?`, [
      ...[commit, table, mostRows + 1],
    ])
    .catch((error: unknown) => {
      // The commit is gone, or the table had another shape then.
      if (isLostConnection(error)) throw error
      return undefined
    })
  if (rows === undefined) return 'all'
  if (rows.length > mostRows) return 'all'
  return new Set(rows.flatMap((row) => Object.values(row).filter((value) => value !== null)))
}

function columnsOf(table: Table, shape: Shape): string[] {
  if (table === 'issues') return ['to_id', 'from_id']
  if (table !== 'dependencies') return ['to_issue_id', 'from_issue_id']
  const target = (side: string): string => shape.dependsOn.replaceAll('depends_on', `${side}_depends_on`)
  return ['to_issue_id', 'from_issue_id', target('to'), target('from')]
}
