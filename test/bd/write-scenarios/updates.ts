import { by, later, nothingIsNull, onBead, patched, type WriteScenario } from './write-scenario.ts'

/** Fields, labels and parents changed. */
export const updates: readonly WriteScenario[] = [
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
