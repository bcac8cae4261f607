import type { Actor } from '../../model/actor.ts'
import type { BeadPatch, NewBead } from '../../model/bead.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import type { Bd } from './bd-program.ts'

/** One logical write, as a person makes it with `bd` and as Gemba makes it. */
export interface WriteScenario {
  readonly name: string
  /** Statements that give both databases the same rows before; `{}` stands for the ids' prefix. */
  readonly before?: readonly string[]
  bd(run: BdRun, bead: Ids): Promise<unknown>
  gemba(plane: WorkPlane, bead: Ids): Promise<unknown>
  /** Where Gemba writes something else on purpose, and why. */
  readonly deliberate?: readonly Deliberate[]
}

export interface Deliberate {
  readonly table: string
  readonly column: string
  /** What bd writes, after times and ids are made equal. */
  readonly bd: unknown
  readonly gemba: unknown
  readonly why: string
}

type BdRun = (...args: string[]) => Promise<unknown>
/** The ids of the scenario's beads: `bead('a')`. */
type Ids = (name: string) => string

export const ada: Actor = { name: 'Ada', via: 'console' }
const by = { actor: ada }

/** The prefix of every id of a scenario. */
export function idsOf(scenario: WriteScenario): string {
  return `gm-${scenario.name.replace(/[^a-z0-9]+/gi, '').toLowerCase()}-`
}

export function runOf(bd: Bd): BdRun {
  return (...args) => bd.run([...args, '--json'])
}

const later = '2030-01-02T03:04:05Z'

const nothingIsNull = 'nobody and nothing are NULL, as in a new bead of bd, which later writes an empty text'

/** Both sides begin with the same bead, made by its own program. */
function onBead(
  name: string,
  bd: (run: BdRun, id: string, bead: Ids) => Promise<unknown>,
  gemba: (plane: WorkPlane, id: string, bead: Ids) => Promise<unknown>,
  more: { readonly start?: Partial<NewBead>; readonly flags?: string[]; readonly deliberate?: Deliberate[] } = {},
): WriteScenario {
  return {
    name,
    bd: async (run, bead) => {
      await run('create', 'A bead', '--id', bead('a'), ...(more.flags ?? []))
      await bd(run, bead('a'), bead)
    },
    gemba: async (plane, bead) => {
      await plane.create({ title: 'A bead', id: bead('a'), ...more.start }, by)
      await gemba(plane, bead('a'), bead)
    },
    ...(more.deliberate === undefined ? {} : { deliberate: more.deliberate }),
  }
}

function patched(name: string, flags: readonly string[], patch: BeadPatch, deliberate?: Deliberate[]): WriteScenario {
  return onBead(
    `update ${name}`,
    (run, id) => run('update', id, ...flags),
    (plane, id) => plane.update(id, patch, by),
    deliberate === undefined ? {} : { deliberate },
  )
}

async function two(plane: WorkPlane, bead: Ids, more: Partial<NewBead> = {}): Promise<void> {
  for (const name of ['a', 'b']) await plane.create({ title: name, id: bead(name), ...more }, by)
}

async function twoByBd(run: BdRun, bead: Ids, ...more: string[]): Promise<void> {
  for (const name of ['a', 'b']) await run('create', name, '--id', bead(name), ...more)
}

const types = ['bug', 'feature', 'task', 'epic', 'chore', 'decision', 'molecule', 'gate', 'spike', 'story', 'milestone']
const kinds = [
  ...['blocks', 'conditional-blocks', 'waits-for', 'related', 'discovered-from', 'replies-to', 'relates-to'],
  ...['duplicates', 'supersedes', 'authored-by', 'assigned-to', 'approved-by', 'attests', 'tracks', 'until'],
  ...['caused-by', 'validates', 'delegated-from', 'parent-child', 'of-our-own'],
]

const creates: readonly WriteScenario[] = [
  {
    name: 'create with a title',
    bd: (run, bead) => run('create', 'A title', '--id', bead('a')),
    gemba: (plane, bead) => plane.create({ title: 'A title', id: bead('a') }, by),
  },
  {
    name: 'create with everything',
    bd: (run, bead) =>
      run(
        ...['create', 'All 😀 of it', '--id', bead('a'), '--type', 'bug', '--priority', '0', '-d', 'de\nscription'],
        ...['--design', 'design', '--acceptance', 'accepted', '--notes', 'notes', '--assignee', 'Zed'],
        ...['--external-ref', 'gh-1', '--estimate', '90', '--due', later, '--defer', later],
        ...['--metadata', '{"list":[1,"two",null],"plain":"x"}', '--labels', 'b,a'],
      ),
    gemba: (plane, bead) =>
      plane.create(
        {
          ...{ title: 'All 😀 of it', id: bead('a'), type: 'bug', priority: 0, description: 'de\nscription' },
          ...{ design: 'design', acceptance: 'accepted', notes: 'notes', assignee: 'Zed', externalRef: 'gh-1' },
          ...{ estimatedMinutes: 90, dueAt: later, deferUntil: later, labels: ['b', 'a'] },
          metadata: { list: [1, 'two', null], plain: 'x' },
        },
        by,
      ),
  },
  ...types.map((type): WriteScenario => ({
    name: `create ${type}`,
    bd: (run, bead) => run('create', type, '--id', bead('a'), '--type', type),
    gemba: (plane, bead) => plane.create({ title: type, id: bead('a'), type }, by),
  })),
  {
    name: 'create children',
    bd: async (run, bead) => {
      await run('create', 'parent', '--id', bead('a'), '--type', 'epic', '--labels', 'area,team')
      await run('create', 'first', '--parent', bead('a'))
      await run('create', 'second', '--parent', bead('a'), '--labels', 'own', '--no-inherit-labels')
      await run('create', 'below', '--parent', `${bead('a')}.1`, '--no-inherit-labels')
    },
    gemba: async (plane, bead) => {
      await plane.create({ title: 'parent', id: bead('a'), type: 'epic', labels: ['area', 'team'] }, by)
      await plane.create({ title: 'first', parent: bead('a') }, by)
      await plane.create({ title: 'second', parent: bead('a'), labels: ['own'] }, by)
      await plane.create({ title: 'below', parent: `${bead('a')}.1`, labels: [] }, by)
    },
  },
  {
    name: 'create with dependencies',
    bd: async (run, bead) => {
      await twoByBd(run, bead)
      await run('create', 'c', '--id', bead('c'), '--deps', `${bead('a')},discovered-from:${bead('b')}`)
    },
    gemba: async (plane, bead) => {
      await two(plane, bead)
      const dependencies = [
        { to: bead('a'), kind: 'blocks' },
        { to: bead('b'), kind: 'discovered-from' },
      ]
      await plane.create({ title: 'c', id: bead('c'), dependencies }, by)
    },
  },
]

const updates: readonly WriteScenario[] = [
  patched('title', ['--title', 'Another'], { title: 'Another' }),
  patched('texts', ['-d', 'd', '--design', 'e', '--acceptance', 'a', '--notes', 'n'], {
    ...{ description: 'd', design: 'e', acceptance: 'a', notes: 'n' },
  }),
  patched('priority', ['--priority', '4'], { priority: 4 }),
  patched('type', ['--type', 'feature'], { type: 'feature' }),
  patched('assignee', ['--assignee', 'Zed'], { assignee: 'Zed' }),
  patched('external reference', ['--external-ref', 'gh-2'], { externalRef: 'gh-2' }),
  patched('estimate', ['--estimate', '30'], { estimatedMinutes: 30 }),
  patched('due', ['--due', later], { dueAt: later }),
  patched('defer', ['--defer', later], { deferUntil: later, status: 'deferred' }),
  patched('defer, but open', ['--defer', later, '--status', 'open'], { deferUntil: later, status: 'open' }, [
    {
      ...{ table: 'events', column: 'event_type', bd: 'status_changed', gemba: 'updated' },
      why: 'a status that stays what it is was not changed',
    },
    {
      ...{ table: 'events', column: 'new_value', gemba: { defer_until: later } },
      ...{ bd: { defer_until: later, status: 'open' }, why: 'only what differs is written' },
    },
  ]),
  ...['in_progress', 'blocked', 'deferred', 'hooked', 'pinned'].map((status) =>
    patched(`status ${status}`, ['--status', status], { status }),
  ),
  patched('status closed', ['--status', 'closed'], { status: 'closed' }),
  patched('metadata', ['--metadata', '{"a":1,"b":{"c":[true]}}'], { metadata: { a: 1, b: { c: [true] } } }),
  patched('several at once', ['--title', 'T', '--priority', '1', '--status', 'in_progress', '--add-label', 'l'], {
    ...{ title: 'T', priority: 1, status: 'in_progress', addLabels: ['l'] },
  }),
  onBead(
    'update metadata that is there',
    (run, id) => run('update', id, '--metadata', '{"b":2,"c":3}'),
    (plane, id) => plane.update(id, { metadata: { b: 2, c: 3 } }, by),
    { flags: ['--metadata', '{"a":1,"b":1}'], start: { metadata: { a: 1, b: 1 } } },
  ),
  onBead(
    'update everything back',
    (run, id) => run('update', id, '--assignee', '', '--external-ref', '', '--due', '', '--defer', '', '-d', ''),
    (plane, id) =>
      plane.update(id, { assignee: null, externalRef: null, dueAt: null, deferUntil: null, description: '' }, by),
    {
      flags: ['--assignee', 'Zed', '--external-ref', 'x', '--due', later, '--defer', later, '-d', 'text'],
      start: { assignee: 'Zed', externalRef: 'x', dueAt: later, deferUntil: later, description: 'text' },
      deliberate: [
        { table: 'issues', column: 'assignee', bd: '', gemba: null, why: nothingIsNull },
        { table: 'issues', column: 'external_ref', bd: '', gemba: null, why: nothingIsNull },
        {
          ...{ table: 'events', column: 'new_value', why: nothingIsNull },
          bd: { assignee: '', defer_until: null, description: '', due_at: null, external_ref: '' },
          gemba: { assignee: null, defer_until: null, description: '', due_at: null, external_ref: null },
        },
      ],
    },
  ),
  onBead(
    'update from started to open and back',
    async (run, id) => {
      for (const status of ['in_progress', 'open', 'in_progress']) await run('update', id, '--status', status)
    },
    async (plane, id) => {
      for (const status of ['in_progress', 'open', 'in_progress']) await plane.update(id, { status }, by)
    },
  ),
  onBead(
    'update from closed to started',
    async (run, id) => {
      await run('close', id, '--reason', 'done', '--session', 's-1')
      await run('update', id, '--status', 'in_progress')
    },
    async (plane, id) => {
      await plane.close(id, { reason: 'done', session: 's-1' }, by)
      await plane.update(id, { status: 'in_progress' }, by)
    },
  ),
  onBead(
    'update the parent',
    async (run, id, bead) => {
      for (const name of ['b', 'c']) await run('create', name, '--id', bead(name), '--type', 'epic')
      for (const parent of [bead('b'), bead('c')]) await run('update', id, '--parent', parent)
    },
    async (plane, id, bead) => {
      for (const name of ['b', 'c']) await plane.create({ title: name, id: bead(name), type: 'epic' }, by)
      for (const parent of [bead('b'), bead('c')]) await plane.update(id, { parent }, by)
    },
  ),
  onBead(
    'update to no parent',
    async (run, id, bead) => {
      await run('create', 'b', '--id', bead('b'))
      for (const parent of [bead('b'), '']) await run('update', id, '--parent', parent)
    },
    async (plane, id, bead) => {
      await plane.create({ title: 'b', id: bead('b') }, by)
      for (const parent of [bead('b'), null]) await plane.update(id, { parent }, by)
    },
  ),
  onBead(
    'labels',
    (run, id) => run('update', id, '--add-label', 'two', '--add-label', 'three', '--remove-label', 'one'),
    (plane, id) => plane.update(id, { addLabels: ['two', 'three'], removeLabels: ['one'] }, by),
    { flags: ['--labels', 'one,zero'], start: { labels: ['one', 'zero'] } },
  ),
]

const ends: readonly WriteScenario[] = [
  onBead(
    'close',
    (run, id) => run('close', id, '--reason', 'done', '--session', 'session-7'),
    (plane, id) => plane.close(id, { reason: 'done', session: 'session-7' }, by),
  ),
  onBead(
    'close without a reason',
    (run, id) => run('close', id),
    (plane, id) => plane.close(id, { reason: '' }, by),
  ),
  onBead(
    'close what is blocked, by force',
    async (run, id, bead) => {
      await run('create', 'b', '--id', bead('b'))
      await run('dep', 'add', id, bead('b'))
      await run('close', id, '--reason', 'anyway', '--force')
    },
    async (plane, id, bead) => {
      await plane.create({ title: 'b', id: bead('b') }, by)
      await plane.addDependency(id, bead('b'), 'blocks', by)
      await plane.close(id, { reason: 'anyway', force: true }, by)
    },
  ),
  onBead(
    'reopen',
    async (run, id) => {
      await run('close', id, '--reason', 'done', '--session', 's')
      await run('reopen', id, '--reason', 'not quite')
    },
    async (plane, id) => {
      await plane.close(id, { reason: 'done', session: 's' }, by)
      await plane.reopen(id, { reason: 'not quite' }, by)
    },
    { flags: ['--defer', later], start: { deferUntil: later } },
  ),
  onBead(
    'reopen without a reason what was started',
    async (run, id) => {
      await run('update', id, '--status', 'in_progress')
      await run('close', id, '--reason', 'done')
      await run('reopen', id)
    },
    async (plane, id) => {
      await plane.update(id, { status: 'in_progress' }, by)
      await plane.close(id, { reason: 'done' }, by)
      await plane.reopen(id, { reason: '' }, by)
    },
  ),
  onBead(
    'claim',
    (run, id) => run('update', id, '--claim'),
    (plane, id) => plane.claim(id, 'Ada', by),
    { flags: ['--labels', 'l'], start: { labels: ['l'] } },
  ),
  onBead(
    'claim again what was begun before',
    async (run, id) => {
      await run('update', id, '--claim')
      await run('update', id, '--status', 'open')
      await run('update', id, '--claim')
      await run('update', id, '--claim')
    },
    async (plane, id) => {
      await plane.claim(id, 'Ada', by)
      await plane.update(id, { status: 'open' }, by)
      await plane.claim(id, 'Ada', by)
      await plane.claim(id, 'Ada', by)
    },
  ),
  onBead(
    'give back',
    async (run, id) => {
      await run('update', id, '--claim')
      await run('update', id, '--status', 'open', '--assignee', '')
    },
    async (plane, id) => {
      await plane.claim(id, 'Ada', by)
      await plane.release(id, 'Ada', by)
    },
    {
      deliberate: [
        { table: 'issues', column: 'assignee', bd: '', gemba: null, why: nothingIsNull },
        {
          ...{ table: 'events', column: 'new_value', why: nothingIsNull },
          ...{ bd: { assignee: '', status: 'open' }, gemba: { assignee: null, status: 'open' } },
        },
      ],
    },
  ),
  onBead(
    'comment',
    (run, id) => run('comment', id, 'One\ntwo 😀'),
    (plane, id) => plane.comment(id, 'One\ntwo 😀', by),
  ),
]

const everyColumn = `spec_id = 's', source_system = 'sys', compaction_level = 1, compacted_at = '2026-01-02 03:04:05',
  compacted_at_commit = 'c0', original_size = 7, sender = 'from', wisp_type = 'ping', pinned = 1, await_type = 'human',
  await_id = 'w', timeout_ns = 5000000000, waiters = '["x","y"]', mol_type = 'swarm', work_type = 'mutex',
  event_kind = 'k', actor = 'who', target = 'whom', payload = '{"p":1}', owner = 'o@example.org', external_ref = '',
  estimated_minutes = 0, close_reason = 'once', started_at = '2026-01-02 03:04:05', source_repo = 'r', metadata = NULL`

const children = "('{}c', '{}b', 'parent-child', 'x', '{ }'), ('{}d', '{}b', 'parent-child', 'x', '{ }')"

/** Beads that another program made, with columns that Gemba never sets. */
const others: readonly WriteScenario[] = [
  {
    name: 'update a bead with every column',
    before: [
      ...[
        "INSERT INTO issues (id, title, description, design, acceptance_criteria, notes) VALUES ('{}a', 't', '', '', '', '')",
      ],
      ...[`UPDATE issues SET ${everyColumn} WHERE id = '{}a'`],
    ],
    bd: (run, bead) => run('update', bead('a'), '--title', 'T'),
    gemba: (plane, bead) => plane.update(bead('a'), { title: 'T' }, by),
  },
  ...['molecule', 'epic'].map((type): WriteScenario => ({
    name: `close the last step of a template's ${type}`,
    before: [
      `INSERT INTO issues (id, title, issue_type, status, description, design, acceptance_criteria, notes) VALUES
         ('{}m', 'm', '${type}', 'open', '', '', '', ''), ('{}a', 'a', 'task', 'open', '', '', '', ''),
         ('{}b', 'b', 'task', 'open', '', '', '', ''), ('{}c', 'c', 'task', 'closed', '', '', '', '')`,
      "INSERT INTO labels VALUES ('{}m', 'template')",
      `INSERT INTO dependencies (issue_id, depends_on_id, type, created_by) VALUES
         ('{}a', '{}m', 'parent-child', 'x'), ('{}b', '{}a', 'parent-child', 'x'), ('{}c', '{}m', 'parent-child', 'x')`,
    ],
    bd: async (run, bead) => {
      await run('close', bead('b'), '--reason', 'b', '--session', 's')
      await run('close', bead('a'), '--reason', 'a', '--session', 's')
    },
    gemba: async (plane, bead) => {
      await plane.close(bead('b'), { reason: 'b', session: 's' }, by)
      await plane.close(bead('a'), { reason: 'a', session: 's' }, by)
    },
  })),
  {
    name: 'close the last child of an epic, and a timer that is over',
    before: [
      `INSERT INTO issues (id, title, issue_type, created_at, await_type, timeout_ns, description, design,
         acceptance_criteria, notes) VALUES ('{}m', 'm', 'epic', '2026-01-02 03:04:05', '', 0, '', '', '', ''),
         ('{}a', 'a', 'gate', '2026-01-02 03:04:05', 'timer', 5000000000, '', '', '', '')`,
      "INSERT INTO dependencies (issue_id, depends_on_id, type, created_by) VALUES ('{}a', '{}m', 'parent-child', 'x')",
    ],
    bd: (run, bead) => run('close', bead('a'), '--reason', 'a'),
    gemba: (plane, bead) => plane.close(bead('a'), { reason: 'a' }, by),
  },
  ...[
    ['only a wisp blocks', "('{}a', '{}w', 'blocks', 'x', '{ }')"],
    ['waits for a bead without children', "('{}a', '{}b', 'waits-for', 'x', '{ }')"],
    ['waits for one child of two', `('{}a', '{}b', 'waits-for', 'x', '{"gate":"any-children"}'), ${children}`],
  ].map(([name, edges]): WriteScenario => ({
    name: `close what ${name ?? ''}`,
    before: [
      `INSERT INTO issues (id, title, status, description, design, acceptance_criteria, notes) VALUES
         ('{}a', 'a', 'open', '', '', '', ''), ('{}b', 'b', 'open', '', '', '', ''),
         ('{}c', 'c', 'open', '', '', '', ''), ('{}d', 'd', 'closed', '', '', '', '')`,
      "INSERT INTO wisps (id, title, ephemeral) VALUES ('{}w', 'w', 1)",
      `INSERT INTO dependencies (issue_id, depends_on_id, type, created_by, metadata) VALUES ${edges ?? ''}`,
    ],
    bd: (run, bead) => run('close', bead('a'), '--reason', 'a'),
    gemba: (plane, bead) => plane.close(bead('a'), { reason: 'a' }, by),
  })),
  {
    name: 'delete what a wisp waits for',
    before: [
      "INSERT INTO issues (id, title, description, design, acceptance_criteria, notes) VALUES ('{}a', 't', '', '', '', '')",
      "INSERT INTO wisps (id, title, ephemeral) VALUES ('{}w', 'w', 1)",
      "INSERT INTO wisp_dependencies (issue_id, depends_on_id, type, created_by) VALUES ('{}w', '{}a', 'blocks', 'x')",
    ],
    bd: (run, bead) => run('delete', bead('a'), '--force'),
    gemba: (plane, bead) => plane.delete(bead('a'), by),
  },
]

const links: readonly WriteScenario[] = [
  ...kinds.map((kind): WriteScenario => ({
    name: `depend, ${kind}`,
    bd: async (run, bead) => {
      await twoByBd(run, bead)
      await run('dep', 'add', bead('a'), bead('b'), '--type', kind)
      await run('dep', 'add', bead('a'), bead('b'), '--type', kind)
    },
    gemba: async (plane, bead) => {
      await two(plane, bead)
      await plane.addDependency(bead('a'), bead('b'), kind, by)
      await plane.addDependency(bead('a'), bead('b'), kind, by)
    },
  })),
  onBead(
    'depend on the outside',
    (run, id) => run('dep', 'add', id, 'external:rig:capability'),
    (plane, id) => plane.addDependency(id, 'external:rig:capability', 'blocks', by),
  ),
  {
    name: 'no longer depend',
    bd: async (run, bead) => {
      await twoByBd(run, bead)
      await run('dep', 'add', bead('a'), bead('b'))
      for (let n = 0; n < 2; n += 1) await run('dep', 'remove', bead('a'), bead('b'))
    },
    gemba: async (plane, bead) => {
      await two(plane, bead)
      await plane.addDependency(bead('a'), bead('b'), 'blocks', by)
      for (let n = 0; n < 2; n += 1) await plane.removeDependency(bead('a'), bead('b'), by)
    },
  },
]

const text = (id: string): string => `see ${id}, not ${id}0 or x-${id} (${id})`
const deletes: readonly WriteScenario[] = [
  {
    name: 'delete',
    bd: async (run, bead) => {
      for (const name of ['b', 'c', 'd']) {
        const texts = text(bead('a'))
        await run('create', name, '--id', bead(name), '-d', texts, '--notes', texts, '--design', texts)
      }
      await run('create', 'a', '--id', bead('a'), '--labels', 'l', '--deps', bead('b'))
      await run('dep', 'add', bead('c'), bead('a'), '--type', 'related')
      await run('comment', bead('a'), 'c')
      await run('delete', bead('a'), '--force')
    },
    gemba: async (plane, bead) => {
      for (const name of ['b', 'c', 'd']) {
        const [description, notes, design] = [text(bead('a')), text(bead('a')), text(bead('a'))]
        await plane.create({ title: name, id: bead(name), description, notes, design }, by)
      }
      const dependencies = [{ to: bead('b'), kind: 'blocks' }]
      await plane.create({ title: 'a', id: bead('a'), labels: ['l'], dependencies }, by)
      await plane.addDependency(bead('c'), bead('a'), 'related', by)
      await plane.comment(bead('a'), 'c', by)
      await plane.delete(bead('a'), by)
    },
  },
  {
    name: 'delete a child and a parent',
    bd: async (run, bead) => {
      await run('create', 'parent', '--id', bead('a'))
      for (const title of ['one', 'two']) await run('create', title, '--parent', bead('a'))
      await run('delete', `${bead('a')}.2`, '--force')
      await run('create', 'three', '--parent', bead('a'))
      await run('delete', bead('a'), '--force')
    },
    gemba: async (plane, bead) => {
      await plane.create({ title: 'parent', id: bead('a') }, by)
      for (const title of ['one', 'two']) await plane.create({ title, parent: bead('a') }, by)
      await plane.delete(`${bead('a')}.2`, by)
      await plane.create({ title: 'three', parent: bead('a') }, by)
      await plane.delete(bead('a'), by)
    },
  },
]

export const writeScenarios: readonly WriteScenario[] = [
  ...creates,
  ...updates,
  ...ends,
  ...others,
  ...links,
  ...deletes,
]
