import { by, onBead, two, twoByBd, type WriteScenario } from './write-scenario.ts'

const kinds = [
  ...['blocks', 'conditional-blocks', 'waits-for', 'related', 'discovered-from', 'replies-to', 'relates-to'],
  ...['duplicates', 'supersedes', 'authored-by', 'assigned-to', 'approved-by', 'attests', 'tracks', 'until'],
  ...['caused-by', 'validates', 'delegated-from', 'parent-child', 'of-our-own'],
]

/** Edges added and removed. */
export const links: readonly WriteScenario[] = [
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
