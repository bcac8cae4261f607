import { describe, expect, it } from 'vitest'
import { by, refuse, type WorkPlaneBench } from './work-plane-bench.ts'

/** Dependencies, and what they hold back. */
export function relations(bench: WorkPlaneBench): void {
  describe('dependencies', () => {
    const kinds = [
      ...['blocks', 'conditional-blocks', 'waits-for', 'parent-child', 'related', 'relates-to', 'discovered-from'],
      ...['tracks', 'until', 'caused-by', 'validates', 'delegated-from', 'replies-to', 'duplicates', 'supersedes'],
      ...['authored-by', 'assigned-to', 'approved-by', 'attests', 'our-own-kind'],
    ]
    it.each(kinds)('adds, shows and removes %s', async (kind) => {
      const [from, to] = [await bench.make(), await bench.make()]
      const edge = { from: from.id, to: to.id, kind }
      expect((await bench.plane.addDependency(from.id, to.id, kind, by)).dependencies).toEqual([edge])
      expect((await bench.plane.addDependency(from.id, to.id, kind, by)).dependencies).toEqual([edge])
      expect((await bench.plane.get(to.id)).dependents).toEqual([edge])
      const other = kind === 'related' ? 'tracks' : 'related'
      await refuse(bench.plane.addDependency(from.id, to.id, other, by), 'dependency_exists', [from.id, to.id, kind])
      expect((await bench.plane.removeDependency(from.id, to.id, by)).dependencies).toEqual([])
      expect((await bench.plane.removeDependency(from.id, to.id, by)).dependencies).toEqual([])
    })

    it('only blocking kinds hold back', async () => {
      const holds: string[] = []
      for (const kind of kinds) {
        const [from, to] = [await bench.make(), await bench.make()]
        await bench.plane.addDependency(from.id, to.id, kind, by)
        if (kind === 'waits-for') await bench.make({ parent: to.id })
        if (!(await bench.plane.get(from.id)).ready) holds.push(kind)
      }
      expect(holds).toEqual(['blocks', 'conditional-blocks', 'waits-for'])
    })

    it('refuses circles of blocking kinds and of parents', async () => {
      const [a, b, c] = [await bench.make(), await bench.make(), await bench.make()]
      await bench.plane.addDependency(a.id, b.id, 'blocks', by)
      await refuse(bench.plane.addDependency(b.id, a.id, 'blocks', by), 'dependency_cycle', [a.id, b.id])
      await bench.plane.addDependency(b.id, c.id, 'conditional-blocks', by)
      await refuse(bench.plane.addDependency(c.id, a.id, 'waits-for', by), 'dependency_cycle', [a.id, b.id, c.id])
      expect((await bench.plane.addDependency(c.id, a.id, 'related', by)).dependencies).toHaveLength(1)
      const [parent, child] = [await bench.make(), await bench.make()]
      await bench.plane.addDependency(child.id, parent.id, 'parent-child', by)
      await refuse(bench.plane.addDependency(parent.id, child.id, 'parent-child', by), 'dependency_cycle')
      await refuse(bench.plane.addDependency(parent.id, child.id, 'blocks', by), 'dependency_cycle')
      await refuse(bench.plane.addDependency(child.id, a.id, 'parent-child', by), 'dependency_exists', [parent.id])
      const grandchild = await bench.make({ parent: child.id })
      await refuse(bench.plane.addDependency(grandchild.id, parent.id, 'blocks', by), 'dependency_invalid')
    })

    it('closes no circle from two sides at once', async () => {
      const [a, b] = [await bench.make(), await bench.make()]
      const both = await Promise.allSettled([
        bench.plane.addDependency(a.id, b.id, 'blocks', by),
        bench.second.addDependency(b.id, a.id, 'blocks', by),
      ])
      expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
    })

    it('refuses itself, bad kinds, and tasks that block epics', async () => {
      const [task, epic, other] = [
        await bench.make(),
        await bench.make({ type: 'epic' }),
        await bench.make({ type: 'epic' }),
      ]
      await refuse(bench.plane.addDependency(task.id, task.id, 'blocks', by), 'dependency_invalid')
      await refuse(bench.plane.addDependency(task.id, epic.id, 'blocks', by), 'dependency_invalid')
      await refuse(bench.plane.addDependency(epic.id, task.id, 'blocks', by), 'dependency_invalid')
      for (const kind of ['', 'Blocks', '--x', 'x'.repeat(33), '$(x)']) {
        await refuse(bench.plane.addDependency(task.id, other.id, kind, by), 'dependency_invalid')
      }
      expect((await bench.plane.addDependency(epic.id, other.id, 'blocks', by)).blockedBy).toEqual([other.id])
    })

    it('points outside the database without holding back', async () => {
      const bead = await bench.make()
      const edged = await bench.plane.addDependency(bead.id, 'external:rig:capability', 'blocks', by)
      expect(edged).toMatchObject({ ready: true, blockedBy: [] })
      expect(edged.dependencies).toEqual([{ from: bead.id, to: 'external:rig:capability', kind: 'blocks' }])
    })

    it('does one thing per key', async () => {
      const [a, b] = [await bench.make(), await bench.make()]
      const write = { ...by, key: bench.key() }
      await bench.plane.addDependency(a.id, b.id, 'blocks', write)
      await bench.plane.removeDependency(a.id, b.id, by)
      expect((await bench.plane.addDependency(a.id, b.id, 'blocks', write)).dependencies).toEqual([])
    })
  })

  describe('ready and blocked', () => {
    it('lists what nothing holds back, by priority, then newest first', async () => {
      const low = await bench.make({ priority: 4, labels: ['order'] })
      const high = await bench.make({ priority: 0, labels: ['order'] })
      const ready = await bench.plane.ready()
      expect(ready.indexOf(high.id)).toBeLessThan(ready.indexOf(low.id))
      const list = await bench.plane.list()
      expect(new Set(ready)).toEqual(new Set(list.filter((bead) => bead.ready).map((bead) => bead.id)))
    })

    it('frees what a closed blocker held, and its children', async () => {
      const [blocker, parent] = [await bench.make(), await bench.make()]
      const child = await bench.make({ parent: parent.id })
      const blocked = await bench.plane.addDependency(parent.id, blocker.id, 'blocks', by)
      expect(blocked).toMatchObject({ blockedBy: [blocker.id], ready: false })
      expect((await bench.plane.get(blocker.id)).blocks).toEqual([parent.id])
      expect(await bench.plane.get(child.id)).toMatchObject({ ready: false, blockedBy: [] })
      await bench.plane.close(blocker.id, { reason: '' }, by)
      const near = new Map((await bench.plane.summaries([blocker.id])).map((bead) => [bead.id, bead]))
      expect(near.get(blocker.id)).toMatchObject({ blocks: [], state: 'completed' })
      expect(near.get(parent.id)).toMatchObject({ ready: true, blockedBy: [] })
      expect(near.get(child.id)).toMatchObject({ ready: true })
    })

    it('gives summaries as the list does', async () => {
      const list = new Map((await bench.plane.list()).map((bead) => [bead.id, { ...bead, revision: 0 }]))
      const some = await bench.plane.summaries([...list.keys()])
      expect(new Map(some.map((bead) => [bead.id, { ...bead, revision: 0 }]))).toEqual(list)
    })

    it('leaves out templates and wisps', async () => {
      const [template, wisp] = [await bench.make(), await bench.make()]
      await bench.outsider.rows('UPDATE issues SET is_template = 1 WHERE id = ?', [template.id])
      await bench.outsider.rows('UPDATE issues SET ephemeral = 1 WHERE id = ?', [wisp.id])
      const ids = (await bench.plane.list()).map((bead) => bead.id)
      expect(ids).not.toContain(template.id)
      expect(ids).not.toContain(wisp.id)
      expect(await bench.plane.summaries([template.id, wisp.id])).toEqual([])
    })
  })
}
