import { by, type WriteScenario } from './write-scenario.ts'

const everyColumn = `spec_id = 's', source_system = 'sys', compaction_level = 1, compacted_at = '2026-01-02 03:04:05',
  compacted_at_commit = 'c0', original_size = 7, sender = 'from', wisp_type = 'ping', pinned = 1, await_type = 'human',
  await_id = 'w', timeout_ns = 5000000000, waiters = '["x","y"]', mol_type = 'swarm', work_type = 'mutex',
  event_kind = 'k', actor = 'who', target = 'whom', payload = '{"p":1}', owner = 'o@example.org', external_ref = '',
  estimated_minutes = 0, close_reason = 'once', started_at = '2026-01-02 03:04:05', source_repo = 'r', metadata = NULL`

const children = "('{}c', '{}b', 'parent-child', 'x', '{ }'), ('{}d', '{}b', 'parent-child', 'x', '{ }')"

/** Beads that another program made, with columns that Gemba never sets. */
export const others: readonly WriteScenario[] = [
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
