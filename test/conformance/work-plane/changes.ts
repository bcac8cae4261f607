import { describe, expect, it } from 'vitest'
import { by, type WorkPlaneBench } from './work-plane-bench.ts'

/** Hearing of changes, whoever makes them. */
export function changes(bench: WorkPlaneBench): void {
  describe('watching', () => {
    const changedBy = async (act: () => Promise<unknown>): Promise<readonly string[] | 'all' | undefined> => {
      const cursor = await bench.plane.cursor()
      await act()
      return (await bench.plane.changes(cursor))?.beads
    }

    it('sees nothing when nothing happened', async () => {
      const cursor = await bench.plane.cursor()
      expect(await bench.plane.changes(cursor)).toBe(null)
      await bench.plane.list()
      expect(await bench.plane.changes(cursor)).toBe(null)
    })

    it('names the beads of every kind of change, whoever made it', async () => {
      const [a, b] = [await bench.make(), await bench.make()]
      expect(await changedBy(() => bench.second.update(a.id, { title: 'x' }, by))).toEqual([a.id])
      expect(await changedBy(() => bench.second.update(a.id, { addLabels: ['x'] }, by))).toEqual([a.id])
      expect(await changedBy(() => bench.second.comment(a.id, 'x', by))).toEqual([a.id])
      const both = [a.id, b.id].sort()
      expect(await changedBy(() => bench.second.addDependency(a.id, b.id, 'blocks', by))).toEqual(both)
      expect(await changedBy(() => bench.second.removeDependency(a.id, b.id, by))).toEqual(both)
      let made = ''
      expect(await changedBy(async () => (made = (await bench.make()).id))).toEqual([made])
      expect(await changedBy(() => bench.second.delete(made, by))).toEqual([made])
    })

    it('tells apart whatever is told of a bead, also what its summary leaves out', async () => {
      const [a, b] = [await bench.make(), await bench.make()]
      const seen = new Map<string, string>()
      const moved = async (act: () => Promise<unknown>): Promise<string[]> => {
        await act()
        await bench.plane.changes('long.forgotten')
        const now = await bench.plane.digests([a.id, b.id, 'gm-none'])
        expect([...now.keys()].sort()).toEqual([a.id, b.id].sort())
        const found = [a.id, b.id].filter((id) => seen.get(id) !== now.get(id))
        for (const [id, digest] of now) seen.set(id, digest)
        return found
      }
      expect(await moved(async () => undefined)).toEqual([a.id, b.id])
      expect(await moved(() => bench.plane.list())).toEqual([])
      // Both within one second, most likely: times alone do not tell them apart.
      expect(await moved(() => bench.plane.update(a.id, { description: 'one' }, by))).toEqual([a.id])
      expect(await moved(() => bench.plane.update(a.id, { description: 'two' }, by))).toEqual([a.id])
      expect(await moved(() => bench.plane.comment(b.id, 'c', by))).toEqual([b.id])
      expect(await moved(() => bench.plane.addDependency(a.id, b.id, 'related', by))).toEqual([a.id, b.id])
      expect(await moved(() => bench.plane.removeDependency(a.id, b.id, by))).toEqual([a.id, b.id])
    })

    it('goes on from the new cursor', async () => {
      const bead = await bench.make()
      const cursor = await bench.plane.cursor()
      await bench.second.update(bead.id, { title: 'x' }, by)
      const change = await bench.plane.changes(cursor)
      expect(await bench.plane.changes(change?.cursor ?? '')).toBe(null)
    })

    it('sees what another program has not committed, also when it takes it back', async () => {
      const [a, b] = [await bench.make({ priority: 3 }), await bench.make()]
      const set = (priority: number) =>
        bench.outsider.rows('UPDATE issues SET priority = ? WHERE id = ?', [priority, a.id])
      expect(await changedBy(() => set(1))).toEqual([a.id])
      expect(await changedBy(() => set(3))).toEqual([a.id])
      expect(await changedBy(() => bench.outsider.rows("INSERT INTO labels VALUES (?, 'raw')", [b.id]))).toEqual([b.id])
      expect(await changedBy(() => bench.outsider.rows("DELETE FROM labels WHERE label = 'raw'"))).toEqual([b.id])
    })

    it('asks for a full reading when it can not tell', async () => {
      const change = await bench.plane.changes('long.forgotten')
      expect(change?.beads).toBe('all')
      expect(await bench.plane.changes(change?.cursor ?? '')).toBe(null)
    })
  })
}
