import type { WorkPlane, Write } from '../../model/work-plane.ts'
import type { ErrorCode } from '../../model/error.ts'
import type { PlainDatabase } from './bead-rows.ts'

/** Something that bd refuses to do with bead `a`, beside bead `b`; `{}` stands for the ids' prefix. */
export interface Refusal {
  readonly name: string
  readonly before: readonly string[]
  readonly bd: readonly string[]
  gemba(plane: WorkPlane, ids: RefusalIds, by: Write): Promise<unknown>
  readonly code: ErrorCode
}

export interface RefusalIds {
  readonly a: string
  readonly b: string
}

/** Puts beads `a`, `b` and `c` into the database, and what the refusal needs. */
export async function fillRefusal(
  plain: PlainDatabase,
  refusal: Refusal,
): Promise<{ ids: RefusalIds; filled: (text: string) => string }> {
  const prefix = `gm-${refusal.name.toLowerCase().replace(/[^a-z]+/g, '')}-`
  const filled = (text: string): string => text.replaceAll('{}', prefix)
  const rows = ['a', 'b', 'c'].map((name) => [`${prefix}${name}`, name, '', '', '', ''])
  await plain.rows('INSERT INTO issues (id, title, description, design, acceptance_criteria, notes) VALUES ?', [rows])
  for (const statement of refusal.before) await plain.rows(filled(statement))
  return { ids: { a: `${prefix}a`, b: `${prefix}b` }, filled }
}

const edge = (from: string, to: string, kind: string, table = 'dependencies'): string =>
  `INSERT INTO ${table} (issue_id, depends_on_id, type, created_by) VALUES ('{}${from}', '{}${to}', '${kind}', 'x')`
const set = (bead: string, columns: string): string => `UPDATE issues SET ${columns} WHERE id = '{}${bead}'`
const wisp = "INSERT INTO wisps (id, title, ephemeral) VALUES ('{}w', 'w', 1)"

const close = (name: string, ...before: string[]): Refusal => ({
  name: `close ${name}`,
  before,
  bd: ['close', '{}a'],
  gemba: (plane, { a }, by) => plane.close(a, { reason: '' }, by),
  code: 'bead_close_refused',
})

const depend = (name: string, kind: string, code: ErrorCode, ...before: string[]): Refusal => ({
  name: `depend ${name}`,
  before,
  bd: ['dep', 'add', '{}a', '{}b', '--type', kind],
  gemba: (plane, { a, b }, by) => plane.addDependency(a, b, kind, by),
  code,
})

const toTarget = (target: string): Refusal => ({
  name: `depend on ${target}`,
  before: [],
  bd: ['dep', 'add', '{}a', target],
  gemba: (plane, { a }, by) => plane.addDependency(a, target, 'blocks', by),
  code: 'dependency_invalid',
})

const update = (name: string, flags: readonly string[], patch: Parameters<WorkPlane['update']>[1]): Refusal => ({
  name: `update ${name}`,
  before: [],
  bd: ['update', '{}a', ...flags],
  gemba: (plane, { a }, by) => plane.update(a, patch, by),
  code: 'bead_invalid',
})

export const refusals: readonly Refusal[] = [
  close('what is blocked', edge('a', 'b', 'blocks')),
  close('what is blocked on a condition', edge('a', 'b', 'conditional-blocks')),
  close('what waits for an open child', edge('a', 'b', 'waits-for'), edge('c', 'b', 'parent-child')),
  close(
    'what waits for an open wisp',
    ...[edge('a', 'b', 'waits-for'), wisp, edge('w', 'b', 'parent-child', 'wisp_dependencies')],
  ),
  close('an epic with an open child', set('a', "issue_type = 'epic'"), edge('b', 'a', 'parent-child')),
  close(
    'an epic with a pinned child',
    ...[set('a', "issue_type = 'epic'"), set('b', "status = 'pinned'"), edge('b', 'a', 'parent-child')],
  ),
  close(
    'an epic with a wisp',
    set('a', "issue_type = 'epic'"),
    wisp,
    edge('w', 'a', 'parent-child', 'wisp_dependencies'),
  ),
  close('what is pinned', set('a', "status = 'pinned'")),
  { ...close('a template', set('a', 'is_template = 1')), code: 'bead_invalid' },
  close('a timer that runs', set('a', "issue_type = 'gate', await_type = 'timer', timeout_ns = 3600000000000")),
  close('a gate of another rig', set('a', "issue_type = 'gate', await_type = 'bead', await_id = 'rig:gm-1'")),
  { ...update('a template', ['--title', 'x'], { title: 'x' }), before: [set('a', 'is_template = 1')] },
  update('to a bad status', ['--status', 'flying'], { status: 'flying' }),
  update('to a bad type', ['--type', 'starship'], { type: 'starship' }),
  update('to a bad priority', ['--priority', '7'], { priority: 7 }),
  update('to no title', ['--title', ' '], { title: ' ' }),
  update('to a negative estimate', ['--estimate', '-1'], { estimatedMinutes: -1 }),
  {
    name: 'claim a template',
    before: [set('a', 'is_template = 1')],
    bd: ['update', '{}a', '--claim'],
    gemba: (plane, { a }, by) => plane.claim(a, 'gemba/s', by),
    code: 'bead_invalid',
  },
  depend('in a circle', 'blocks', 'dependency_cycle', edge('b', 'a', 'blocks')),
  depend('in a circle of two kinds', 'conditional-blocks', 'dependency_cycle', edge('b', 'a', 'blocks')),
  depend(
    'in a circle through a wisp',
    ...(['blocks', 'dependency_cycle', wisp, edge('b', 'w', 'blocks')] as const),
    edge('w', 'a', 'blocks', 'wisp_dependencies'),
  ),
  depend('twice, in two kinds', 'related', 'dependency_exists', edge('a', 'b', 'blocks')),
  depend('as a task on an epic', 'blocks', 'dependency_invalid', set('b', "issue_type = 'epic'")),
  depend('as an epic on a task', 'blocks', 'dependency_invalid', set('a', "issue_type = 'epic'")),
  toTarget('external:'),
  toTarget('external:rig'),
  toTarget('external::thing'),
  {
    name: 'depend on itself',
    before: [],
    bd: ['dep', 'add', '{}a', '{}a'],
    gemba: (plane, { a }, by) => plane.addDependency(a, a, 'blocks', by),
    code: 'dependency_invalid',
  },
  {
    name: 'depend on nothing',
    before: [],
    bd: ['dep', 'add', '{}a', '{}gone'],
    gemba: (plane, { a }, by) => plane.addDependency(a, `${a}gone`, 'blocks', by),
    code: 'bead_not_found',
  },
  {
    name: 'depend on the own parent',
    before: [
      "INSERT INTO issues (id, title, description, design, acceptance_criteria, notes) VALUES ('{}a.1', 'c', '', '', '', '')",
      edge('a.1', 'a', 'parent-child'),
    ],
    bd: ['dep', 'add', '{}a.1', '{}a'],
    gemba: (plane, { a }, by) => plane.addDependency(`${a}.1`, a, 'blocks', by),
    code: 'dependency_exists',
  },
]
