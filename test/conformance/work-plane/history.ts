import { describe, expect, it } from 'vitest'
import { by, refuse, type WorkPlaneBench } from './work-plane-bench.ts'

/** What was done to a bead. */
export function history(bench: WorkPlaneBench): void {
  describe('history', () => {
    const read = (id: string, limit = 50) => {
      if (bench.plane.history === undefined) throw new Error('this plane tells no history')
      return bench.plane.history(id, limit)
    }

    it('tells who did what, what it was before, and is bounded', async (context) => {
      if (bench.plane.history === undefined) return context.skip()
      const bead = await bench.make({ title: 'Before', priority: 3 })
      await bench.plane.update(
        bead.id,
        { title: 'After \u{1F600}', priority: 1 },
        { actor: { name: 'Bob', via: 'api' } },
      )
      await bench.plane.update(bead.id, { addLabels: ['seen'], description: 'x'.repeat(5_000) }, by)
      await bench.plane.close(bead.id, { reason: 'Nobody wants it' }, by)
      const all = await read(bead.id)
      expect(all).toMatchObject({ more: false, recorded: true })
      // bd tells the versions of the bead alone, and labels are no part of it.
      const hasLabels = (await bench.plane.manifest()).adaptor !== 'bd'
      expect(all.items.map(({ kind }) => kind).sort()).toEqual([
        ...['closed', 'created', ...(hasLabels ? ['label_added'] : []), 'updated', 'updated'],
      ])
      expect(all.items.at(-1)?.kind).toBe('created')
      const renamed = all.items.find(({ actor }) => actor === 'Bob')
      expect(renamed?.changes).toEqual([
        { field: 'priority', before: '3', after: '1' },
        { field: 'title', before: 'Before', after: 'After \u{1F600}' },
      ])
      expect(Date.parse(renamed?.at ?? '')).not.toBeNaN()
      const described = all.items.find(({ changes }) => changes.some(({ field }) => field === 'description'))
      expect(described?.changes).toEqual([{ field: 'description', before: '', after: `${'x'.repeat(400)}…` }])
      if (hasLabels) expect(all.items.find(({ kind }) => kind === 'label_added')?.text).toContain('seen')
      expect(all.items.find(({ kind }) => kind === 'closed')?.text).toBe('Nobody wants it')
      const some = await read(bead.id, 2)
      expect(some.items).toEqual(all.items.slice(0, 2))
      expect(some.more).toBe(true)
    })

    it('of a bead that is not there is refused', async (context) => {
      if (bench.plane.history === undefined) return context.skip()
      await refuse(read('gm-nothing'), 'bead_not_found', ['gm-nothing'])
    })
  })
}
