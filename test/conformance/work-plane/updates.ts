import { describe, expect, it } from 'vitest'
import type { BeadPatch } from '../../../model/bead.ts'
import { by, refuse, unknown, type WorkPlaneBench } from './work-plane-bench.ts'

/** Edits of a bead: fields, labels, parent, the etag. */
export function updates(bench: WorkPlaneBench): void {
  describe('update', () => {
    it('sets each field and clears those that can be', async () => {
      const bead = await bench.make({ metadata: { keep: 1, drop: 2 }, labels: ['old'] })
      const patch: BeadPatch = {
        title: 'new title',
        description: 'd',
        design: 'e',
        acceptance: 'a',
        notes: 'n',
        priority: 4,
        type: 'chore',
        assignee: 'zed',
        externalRef: 'x-1',
        estimatedMinutes: 5,
        dueAt: '2031-01-01T00:00:00Z',
        deferUntil: '2031-01-01T00:00:00Z',
      }
      expect(await bench.plane.update(bead.id, patch, by)).toMatchObject(patch)
      const labelled = await bench.plane.update(bead.id, { addLabels: ['z', 'old'], removeLabels: ['old', 'none'] }, by)
      expect(labelled.labels).toEqual(['old', 'z'])
      const merged = await bench.plane.update(bead.id, { metadata: { drop: null, more: [true] } }, by)
      expect(merged.metadata).toEqual({ keep: 1, more: [true] })
      const none = { assignee: null, externalRef: null, dueAt: null, deferUntil: null, description: '' }
      expect(await bench.plane.update(bead.id, none, by)).toMatchObject(none)
      const timeless = bench.plane.update(bead.id, { estimatedMinutes: null }, by)
      if (bench.traits.clearsEstimates) expect((await timeless).estimatedMinutes).toBe(null)
      else await refuse(timeless, 'bead_invalid', ['estimatedMinutes'])
    })

    it('tells of the acceptance criteria in every summary', async () => {
      const bead = await bench.make()
      const told = async () => {
        const [listed] = (await bench.plane.list()).filter(({ id }) => id === bead.id)
        const [some] = (await bench.plane.summaries([bead.id])).filter(({ id }) => id === bead.id)
        const whole = await bench.plane.get(bead.id)
        return [listed?.hasAcceptance, some?.hasAcceptance, whole.hasAcceptance]
      }
      expect(await told()).toEqual([false, false, false])
      expect((await bench.plane.update(bead.id, { acceptance: 'It is done when …' }, by)).hasAcceptance).toBe(true)
      expect(await told()).toEqual([true, true, true])
      await bench.plane.update(bead.id, { acceptance: '' }, by)
      expect(await told()).toEqual([false, false, false])
    })

    it('checks like create and changes nothing when it refuses', async () => {
      const bead = await bench.make()
      const bad: [string, BeadPatch][] = [
        ['status', { title: 'x', status: 'flying' }],
        ['type', { type: 'starship' }],
        ['priority', { priority: 9 }],
        ['title', { title: '' }],
        ['notes', { priority: 1, notes: 'x'.repeat(5_000_000) }],
      ]
      for (const [field, patch] of bad) await refuse(bench.plane.update(bead.id, patch, by), 'bead_invalid', [field])
      expect((await bench.plane.get(bead.id)).etag).toBe(bead.etag)
      expect(await bench.eventsOf(bead.id)).toHaveLength(1)
    })

    it('moves `updatedAt` only with the row', async () => {
      const bead = await bench.make()
      await bench.outsider.rows("UPDATE issues SET updated_at = '2020-01-01 00:00:00' WHERE id = ?", [bead.id])
      const old = '2020-01-01T00:00:00Z'
      const other = await bench.make()
      expect((await bench.plane.update(bead.id, { addLabels: ['l'] }, by)).updatedAt).toBe(old)
      expect((await bench.plane.addDependency(bead.id, other.id, 'related', by)).updatedAt).toBe(old)
      expect((await bench.plane.update(bead.id, { title: bead.title }, by)).updatedAt).toBe(old)
      await bench.plane.comment(bead.id, 'c', by)
      expect((await bench.plane.get(bead.id)).updatedAt).toBe(old)
      expect((await bench.plane.update(bead.id, { title: 'other' }, by)).updatedAt).not.toBe(old)
    })

    it('keeps the side rules of the status', async () => {
      const bead = await bench.make({ assignee: 'gemba/gone' })
      const started = await bench.plane.update(bead.id, { status: 'in_progress' }, by)
      expect(started).toMatchObject({ state: 'started', startedAt: started.updatedAt })
      const closed = await bench.plane.update(bead.id, { status: 'closed' }, by)
      expect(closed).toMatchObject({ state: 'completed', closedAt: closed.updatedAt, startedAt: started.startedAt })
      const back = await bench.plane.update(bead.id, { status: 'open' }, by)
      expect(back).toMatchObject({ closedAt: null, closeReason: '', assignee: null, startedAt: started.startedAt })
      await bench.outsider.rows('UPDATE issues SET pinned = 1 WHERE id = ?', [bead.id])
      await bench.plane.update(bead.id, { status: 'blocked' }, by)
      expect(await bench.outsider.rows('SELECT pinned FROM issues WHERE id = ?', [bead.id])).toEqual([{ pinned: 0 }])
    })

    it('changes, sets and removes the parent', async () => {
      const [one, two, child] = [
        await bench.make({ type: 'epic' }),
        await bench.make({ type: 'epic' }),
        await bench.make(),
      ]
      expect((await bench.plane.update(child.id, { parent: one.id }, by)).parent).toBe(one.id)
      expect((await bench.plane.update(child.id, { parent: two.id }, by)).parent).toBe(two.id)
      await refuse(bench.plane.update(two.id, { parent: child.id }, by), 'dependency_cycle', [child.id, two.id])
      await refuse(bench.plane.update(two.id, { parent: two.id }, by), 'dependency_invalid')
      await refuse(bench.plane.update(child.id, { parent: unknown }, by), 'bead_not_found')
      expect((await bench.plane.get(child.id)).parent).toBe(two.id)
      expect((await bench.plane.update(child.id, { parent: null }, by)).parent).toBe(null)
    })

    it('refuses a stale `ifMatch` and takes the present one', async () => {
      const bead = await bench.make()
      const write = { ...by, ifMatch: bead.etag }
      const changed = await bench.plane.update(bead.id, { title: 'a' }, write)
      expect(changed.etag).not.toBe(bead.etag)
      await refuse(bench.plane.update(bead.id, { title: 'b' }, write), 'bead_changed', [bead.id])
      await refuse(bench.plane.close(bead.id, { reason: '' }, write), 'bead_changed')
      await refuse(bench.plane.delete(bead.id, write), 'bead_changed')
      await refuse(bench.plane.addDependency(bead.id, (await bench.make()).id, 'related', write), 'bead_changed')
      expect((await bench.plane.update(bead.id, { title: 'c' }, { ...by, ifMatch: changed.etag })).title).toBe('c')
    })

    it('lets one of two edits of the same state win', async () => {
      const bead = await bench.make()
      const write = { ...by, ifMatch: bead.etag }
      const both = await Promise.allSettled([
        bench.plane.update(bead.id, { title: 'first' }, write),
        bench.second.update(bead.id, { description: 'second' }, write),
      ])
      expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
      const now = await bench.plane.get(bead.id)
      expect([now.title === 'first', now.description === 'second'].filter(Boolean)).toHaveLength(1)
    })

    it('digests row, labels and own edges into the etag, and nothing else', async () => {
      const [bead, other] = [await bench.make(), await bench.make()]
      const tags = [bead.etag]
      tags.push((await bench.plane.update(bead.id, { priority: 1 }, by)).etag)
      tags.push((await bench.plane.update(bead.id, { addLabels: ['l'] }, by)).etag)
      tags.push((await bench.plane.addDependency(bead.id, other.id, 'related', by)).etag)
      expect(new Set(tags).size).toBe(4)
      await bench.plane.comment(bead.id, 'c', by)
      await bench.plane.addDependency(other.id, bead.id, 'tracks', by)
      expect((await bench.second.get(bead.id)).etag).toBe(tags.at(-1))
    })

    it('does one thing per key', async () => {
      const bead = await bench.make()
      const write = { ...by, key: bench.key(), ifMatch: bead.etag }
      await bench.plane.update(bead.id, { title: 'keyed', addLabels: ['k'] }, write)
      await bench.plane.update(bead.id, { title: 'later' }, by)
      expect((await bench.second.update(bead.id, { title: 'keyed', addLabels: ['k'] }, write)).title).toBe('later')
      expect((await bench.eventsOf(bead.id)).map((event) => event.type)).toEqual([
        'created',
        'label_added',
        'updated',
        'updated',
      ])
    })
  })
}
