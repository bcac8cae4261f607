import { describe, expect, it } from 'vitest'
import { by, refuse, type WorkPlaneBench } from './work-plane-bench.ts'

/** Comments on a bead. */
export function comments(bench: WorkPlaneBench): void {
  describe('comments', () => {
    it('are kept in order with their author', async () => {
      const bead = await bench.make()
      await bench.plane.comment(bead.id, 'one', by)
      await bench.plane.comment(bead.id, 'two', { actor: { name: 'Bob', via: 'chat' } })
      const read = await bench.plane.get(bead.id)
      expect(read.commentCount).toBe(2)
      expect(read.comments.map((each) => [each.author, each.text]).sort()).toEqual([
        ['Ada', 'one'],
        ['Bob', 'two'],
      ])
      await refuse(bench.plane.comment(bead.id, ' ', by), 'bead_invalid', ['text'])
      await refuse(bench.plane.comment(bead.id, 'x'.repeat(5_000_000), by), 'bead_invalid', ['text'])
    })

    it('are refused on a stale `ifMatch`, and found again by a repeat', async () => {
      const bead = await bench.make()
      const write = { ...by, ifMatch: bead.etag, key: bench.key() }
      const first = await bench.plane.comment(bead.id, 'seen as it was', write)
      await bench.plane.update(bead.id, { title: 'other' }, by)
      const stale = bench.plane.comment(bead.id, 'not seen', { ...by, ifMatch: bead.etag })
      await refuse(stale, 'bead_changed', [bead.id])
      expect(await bench.plane.comment(bead.id, 'seen as it was', write)).toEqual(first)
      expect((await bench.plane.get(bead.id)).comments).toEqual([first])
    })

    it('and edges and labels make a bead modified, and leave its row unedited', async () => {
      const [bead, other] = [await bench.make(), await bench.make()]
      const old = '2020-01-01 00:00:00'
      const edited = '2020-01-01T00:00:00Z'
      const age = async (table: string, where: string) =>
        bench.outsider.rows(`UPDATE ${table} SET created_at = ? WHERE ${where}`, [old, bead.id])
      const times = async () => {
        const [listed] = (await bench.plane.list()).filter(({ id }) => id === bead.id)
        const [some] = (await bench.plane.summaries([bead.id])).filter(({ id }) => id === bead.id)
        const { modifiedAt, updatedAt } = await bench.plane.get(bead.id)
        expect([listed?.modifiedAt, some?.modifiedAt, updatedAt]).toEqual([modifiedAt, modifiedAt, edited])
        return modifiedAt
      }
      await bench.outsider.rows('UPDATE issues SET updated_at = ? WHERE id = ?', [old, bead.id])
      expect(await times()).toBe(edited)
      await bench.plane.comment(bead.id, 'new', by)
      expect(Date.now() - Date.parse(await times())).toBeLessThan(600_000)
      await age('comments', 'issue_id = ?')
      expect(await times()).toBe(edited)
      await bench.plane.addDependency(bead.id, other.id, 'related', by)
      expect(await times()).not.toBe(edited)
      await age('dependencies', 'issue_id = ?')
      if (!bench.traits.datesLabels) return
      await bench.plane.update(bead.id, { addLabels: ['new'] }, by)
      expect(await times()).not.toBe(edited)
      await age('events', 'issue_id = ?')
      expect(await times()).toBe(edited)
      await bench.plane.update(bead.id, { removeLabels: ['new'] }, by)
      expect(await times()).not.toBe(edited)
      await bench.outsider.rows("CALL DOLT_COMMIT('-a', '-m', 'aged')")
    })

    it('come once per key', async () => {
      const bead = await bench.make()
      const write = { ...by, key: bench.key() }
      const [first, again] = await Promise.all([
        bench.plane.comment(bead.id, 'once', write),
        bench.second.comment(bead.id, 'once', write),
      ])
      expect(again).toEqual(first)
      expect((await bench.plane.get(bead.id)).comments).toEqual([first])
    })
  })
}
