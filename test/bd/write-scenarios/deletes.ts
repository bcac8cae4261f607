import { by, type WriteScenario } from './write-scenario.ts'

const text = (id: string): string => `see ${id}, not ${id}0 or x-${id} (${id})`
/** Beads deleted. */
export const deletes: readonly WriteScenario[] = [
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
