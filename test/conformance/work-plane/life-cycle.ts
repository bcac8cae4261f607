import { describe, expect, it } from 'vitest'
import { by, refuse, unknown, type WorkPlaneBench } from './work-plane-bench.ts'

/** Beads that are not there, are closed and opened again, and are deleted. */
export function lifeCycle(bench: WorkPlaneBench): void {
  describe('unknown beads', () => {
    it('are refused by every method and absent from lists', async () => {
      const known = await bench.make()
      const attempts = [
        bench.plane.get(unknown),
        bench.plane.update(unknown, { title: 't' }, by),
        bench.plane.close(unknown, { reason: '' }, by),
        bench.plane.reopen(unknown, { reason: '' }, by),
        bench.plane.delete(unknown, by),
        bench.plane.delete(unknown, { ...by, key: bench.key() }),
        bench.plane.addDependency(unknown, known.id, 'blocks', by),
        bench.plane.addDependency(known.id, unknown, 'blocks', by),
        bench.plane.removeDependency(unknown, known.id, by),
        bench.plane.comment(unknown, 'text', by),
        bench.plane.claim(unknown, 'gemba/s', by),
        bench.plane.release(unknown, 'gemba/s', by),
      ]
      await Promise.all(attempts.map((attempt) => refuse(attempt, 'bead_not_found', [unknown])))
      expect(await bench.plane.summaries([unknown])).toEqual([])
    })
  })

  describe('close and reopen', () => {
    it('closes once and keeps the first reason', async () => {
      const bead = await bench.make()
      const closed = await bench.plane.close(bead.id, { reason: 'done', session: 's-1' }, by)
      expect(closed).toMatchObject({
        status: 'closed',
        closeReason: 'done',
        closedAt: closed.updatedAt,
        ready: false,
      })
      expect((await bench.plane.close(bead.id, { reason: 'again' }, by)).etag).toBe(closed.etag)
      expect(await bench.outsider.rows('SELECT closed_by_session AS s FROM issues WHERE id = ?', [bead.id])).toEqual([
        { s: 's-1' },
      ])
      await refuse(bench.plane.close(bead.id, { reason: 'x'.repeat(70_000) }, by), 'bead_invalid', ['reason'])
    })

    it('refuses while a blocker is open, unless forced', async () => {
      for (const kind of ['blocks', 'conditional-blocks']) {
        const [bead, blocker] = [await bench.make(), await bench.make()]
        await bench.plane.addDependency(bead.id, blocker.id, kind, by)
        await refuse(bench.plane.close(bead.id, { reason: '' }, by), 'bead_close_refused', [blocker.id])
        await refuse(bench.plane.update(bead.id, { status: 'closed' }, by), 'bead_close_refused', [blocker.id])
        await bench.plane.close(blocker.id, { reason: '' }, by)
        expect((await bench.plane.close(bead.id, { reason: '' }, by)).status).toBe('closed')
      }
      const [bead, blocker] = [await bench.make(), await bench.make()]
      await bench.plane.addDependency(bead.id, blocker.id, 'blocks', by)
      expect((await bench.plane.close(bead.id, { reason: '', force: true }, by)).status).toBe('closed')
      const related = await bench.make()
      await bench.plane.addDependency(related.id, blocker.id, 'related', by)
      expect((await bench.plane.close(related.id, { reason: '' }, by)).status).toBe('closed')
    })

    it('refuses a wrapper with open children, not a task', async () => {
      for (const type of ['epic', 'milestone']) {
        const wrapper = await bench.make({ type })
        const child = await bench.make({ parent: wrapper.id })
        await refuse(bench.plane.close(wrapper.id, { reason: '' }, by), 'bead_close_refused', [child.id])
        await bench.plane.close(child.id, { reason: '' }, by)
        expect((await bench.plane.close(wrapper.id, { reason: '' }, by)).status).toBe('closed')
      }
      const task = await bench.make()
      await bench.make({ parent: task.id })
      expect((await bench.plane.close(task.id, { reason: '' }, by)).status).toBe('closed')
    })

    it('reopens without what closing left', async () => {
      const bead = await bench.make({ deferUntil: '2031-01-01T00:00:00Z', assignee: 'gemba/s-1' })
      await bench.plane.close(bead.id, { reason: 'done' }, by)
      const back = await bench.plane.reopen(bead.id, { reason: 'not yet' }, by)
      expect(back).toMatchObject({
        status: 'open',
        closedAt: null,
        closeReason: '',
        deferUntil: null,
        assignee: null,
      })
      expect((await bench.plane.reopen(bead.id, { reason: 'twice' }, by)).etag).toBe(back.etag)
      const person = await bench.make({ assignee: 'zed', status: 'closed' })
      expect((await bench.plane.reopen(person.id, { reason: '' }, by)).assignee).toBe('zed')
    })
  })

  describe('delete', () => {
    it('takes all rows of the bead and the edges to it', async () => {
      const [bead, before, after] = [await bench.make({ labels: ['l'] }), await bench.make(), await bench.make()]
      await bench.plane.comment(bead.id, 'c', by)
      await bench.plane.addDependency(bead.id, before.id, 'blocks', by)
      await bench.plane.addDependency(after.id, bead.id, 'blocks', by)
      const write = { ...by, key: bench.key() }
      await bench.plane.delete(bead.id, write)
      await bench.plane.delete(bead.id, write)
      await refuse(bench.plane.delete(bead.id, { ...by, key: bench.key() }), 'bead_not_found')
      await refuse(bench.plane.get(bead.id), 'bead_not_found')
      for (const table of ['labels', 'comments', 'events']) {
        expect(await bench.outsider.rows(`SELECT 1 FROM ${table} WHERE issue_id = ?`, [bead.id])).toEqual([])
      }
      expect((await bench.plane.get(after.id)).dependencies).toEqual([])
      expect(await bench.plane.ready()).toEqual(expect.arrayContaining([before.id, after.id]))
    })
  })
}
