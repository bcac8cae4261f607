import { by, later, two, twoByBd, type WriteScenario } from './write-scenario.ts'

const types = ['bug', 'feature', 'task', 'epic', 'chore', 'decision', 'molecule', 'gate', 'spike', 'story', 'milestone']

/** Beads made. */
export const creates: readonly WriteScenario[] = [
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
