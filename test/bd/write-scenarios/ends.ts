import { by, later, nothingIsNull, onBead, type WriteScenario } from './write-scenario.ts'

/** Closed, opened again, claimed, given back and commented. */
export const ends: readonly WriteScenario[] = [
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
