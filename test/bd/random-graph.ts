import * as fc from 'fast-check'
import type { PlainDatabase } from './bead-rows.ts'

export interface RandomBead {
  readonly id: string
  readonly wisp: boolean
  readonly status: string
  readonly type: string
  readonly priority: number
  readonly createdAt: string
  readonly deferUntil: string | null
  readonly pinned: boolean
}

export interface RandomGraph {
  readonly beads: readonly RandomBead[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly kind: string
    readonly gate: string
  }[]
}

const statuses = ['open', 'open', 'open', 'open', 'in_progress', 'blocked', 'deferred', 'closed', 'pinned', 'hooked']
const types = ['task', 'task', 'task', 'bug', 'epic', 'gate', 'molecule', 'message', 'merge-request', 'event', 'role']
const kinds = [
  'blocks',
  'blocks',
  'conditional-blocks',
  'waits-for',
  'waits-for',
  'parent-child',
  'parent-child',
  'related',
]
const metadata = ['{}', '{"gate":"any-children"}', '{"gate":"all-children"}', '{"gate":7}', '{"other":1}']

/** A database's worth of beads and edges, also such as no program writes: circles, and targets that are not there. */
export function randomGraph(options: { readonly wisps: boolean }): fc.Arbitrary<RandomGraph> {
  const size = 14
  const ids = Array.from({ length: size }, (_, i) => `gm-${'abcdefghijklmnop'[i] ?? ''}`)
  const bead = (id: string): fc.Arbitrary<RandomBead> =>
    fc.record({
      id: fc.constant(id),
      wisp: options.wisps ? fc.integer({ max: 4, min: 0 }).map((n) => n === 0) : fc.constant(false),
      status: fc.constantFrom(...statuses),
      type: fc.constantFrom(...types),
      priority: fc.integer({ min: 0, max: 4 }),
      createdAt: fc.constantFrom('2026-01-01 00:00:00', '2026-01-01 00:00:01', '2026-02-01 00:00:00'),
      deferUntil: fc.constantFrom(null, null, null, '2026-01-01 00:00:00', '2090-01-01 00:00:00'),
      pinned: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
  const edge = fc.record({
    from: fc.constantFrom(...ids),
    to: fc.constantFrom(...ids, 'gm-gone', 'external:rig:thing'),
    kind: fc.constantFrom(...kinds),
    gate: fc.constantFrom(...metadata),
  })
  return fc.record({
    beads: fc.tuple(...ids.map(bead)),
    edges: fc.array(edge, { maxLength: 26 }).map((edges) => {
      const pairs = new Set<string>()
      const children = new Set<string>()
      return edges.filter(({ from, to, kind }) => {
        const twice = pairs.has(`${from} ${to}`) || (kind === 'parent-child' && children.has(from))
        pairs.add(`${from} ${to}`)
        if (kind === 'parent-child') children.add(from)
        return !twice && from !== to
      })
    }),
  })
}

/** Makes the graph all that is in the database. */
export async function fillWith(plain: PlainDatabase, graph: RandomGraph): Promise<void> {
  for (const table of ['wisp_dependencies', 'dependencies', 'wisps', 'issues']) await plain.rows(`DELETE FROM ${table}`)
  const columns = `id, title, status, issue_type, priority, created_at, defer_until, pinned, ephemeral, description, design,
    acceptance_criteria, notes`
  const rowOf = (bead: RandomBead): unknown[] => [
    ...[bead.id, bead.id, bead.status, bead.type, bead.priority, bead.createdAt, bead.deferUntil],
    ...[bead.pinned ? 1 : 0, bead.wisp ? 1 : 0, '', '', '', ''],
  ]
  const wisps = new Set(graph.beads.filter((bead) => bead.wisp).map((bead) => bead.id))
  await insert(plain, `issues (${columns})`, graph.beads.filter((bead) => !bead.wisp).map(rowOf))
  await insert(plain, `wisps (${columns})`, graph.beads.filter((bead) => bead.wisp).map(rowOf))
  for (const wisp of [false, true]) {
    const edges = graph.edges.filter((edge) => wisps.has(edge.from) === wisp)
    const table = wisp ? 'wisp_dependencies' : 'dependencies'
    const rows = edges.map(({ from, to, kind, gate }) => [from, to, kind, 'x', gate])
    await insert(plain, `${table} (issue_id, depends_on_id, type, created_by, metadata)`, rows)
  }
}

async function insert(plain: PlainDatabase, into: string, rows: readonly unknown[][]): Promise<void> {
  if (rows.length > 0) await plain.rows(`INSERT INTO ${into} VALUES ?`, [rows])
}
