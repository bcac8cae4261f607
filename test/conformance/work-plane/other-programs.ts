import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../model/actor.ts'
import { by, type WorkPlaneBench } from './work-plane-bench.ts'

/** What `bd` and others on the same database find. */
export function otherPrograms(bench: WorkPlaneBench): void {
  describe('beside other programs', () => {
    it('writes the event rows that bd would', async () => {
      const bead = await bench.make({ labels: ['a'] })
      await bench.plane.update(bead.id, { priority: 1, assignee: 'zed' }, by)
      await bench.plane.update(bead.id, { status: 'in_progress', removeLabels: ['a'] }, by)
      await bench.plane.close(bead.id, { reason: 'done' }, by)
      await bench.plane.reopen(bead.id, { reason: 'again' }, by)
      const rows = (await bench.eventsOf(bead.id)).map((event) => [event.type, event.actor, event.new, event.comment])
      expect(rows.sort()).toEqual(
        [
          ['created', 'Ada', '', null],
          ['label_added', 'Ada', null, 'Added label: a'],
          ['updated', 'Ada', JSON.stringify({ assignee: 'zed', priority: 1 }), null],
          ['status_changed', 'Ada', JSON.stringify({ status: 'in_progress' }), null],
          ['label_removed', 'Ada', null, 'Removed label: a'],
          ['closed', 'Ada', 'done', null],
          ['reopened', 'Ada', JSON.stringify({ defer_until: null, status: 'open' }), null],
          ['commented', 'Ada', null, 'again'],
        ].sort(),
      )
      const old = (await bench.eventsOf(bead.id)).find((event) => event.type === 'updated')?.old ?? ''
      expect(JSON.parse(old)).toMatchObject({
        id: bead.id,
        title: bead.title,
        priority: 2,
        created_at: bead.createdAt,
      })
    })

    it('writes no event row where bd writes none', async () => {
      const [a, b] = [await bench.make(), await bench.make()]
      await bench.plane.comment(a.id, 'c', by)
      await bench.plane.addDependency(a.id, b.id, 'blocks', by)
      await bench.plane.removeDependency(a.id, b.id, by)
      await bench.plane.update(a.id, { parent: b.id }, by)
      await bench.plane.update(a.id, { title: a.title }, by)
      expect(await bench.eventsOf(a.id)).toHaveLength(1)
    })

    it('commits as the person and leaves nothing uncommitted', async ({ skip }) => {
      if (!bench.traits.commitsAsPerson) skip('this source commits as itself')
      const before = await bench.dirty()
      const actor: Actor = { name: 'Grace <evil@example.org>\n Hopper', via: 'console' }
      const parent = await bench.plane.create({ title: 'epic', type: 'epic' }, { actor })
      const child = await bench.plane.create({ title: 'child', parent: parent.id, labels: ['l'] }, { actor })
      await bench.plane.comment(child.id, 'c', { actor })
      await bench.plane.close(child.id, { reason: '' }, { actor })
      await bench.plane.delete(child.id, { actor })
      expect(await bench.dirty()).toEqual(before)
      const [newest] = await bench.outsider.rows('SELECT committer, email, message FROM dolt_log LIMIT 1')
      const mail = 'grace.evil.example.org.hopper@gemba.localhost'
      expect(newest).toMatchObject({ committer: 'Grace evil@example.org  Hopper', email: mail })
      await bench.plane.update(parent.id, { title: 'by itself' }, { actor: { name: 'gemba', via: 'system' } })
      const [own] = await bench.outsider.rows('SELECT committer, message FROM dolt_log LIMIT 1')
      expect(own).toEqual({ committer: 'Gemba', message: `gemba: update ${parent.id}` })
    })

    it('leaves what others have not committed to them', async ({ skip }) => {
      if (!bench.traits.leavesOthersUncommitted) skip('this source commits all there is')
      await bench.outsider.rows("REPLACE INTO config VALUES ('of.others', 'x')")
      const bead = await bench.make()
      await bench.plane.close(bead.id, { reason: '' }, by)
      expect(await bench.dirty()).toContain('config')
      if (bench.traits.commitsAsPerson) expect(await bench.dirty()).toEqual(['config'])
      await bench.outsider.rows("DELETE FROM config WHERE `key` = 'of.others'")
    })

    it('gives later looks higher revisions', async () => {
      const made = await bench.make()
      const read = await bench.plane.get(made.id)
      const updated = await bench.plane.update(made.id, { title: 'x' }, by)
      const [summary] = await bench.second.summaries([made.id])
      const revisions = [made.revision, read.revision, updated.revision, summary?.revision ?? 0]
      expect([...revisions].sort((a, b) => a - b)).toEqual(revisions)
      expect(new Set(revisions).size).toBe(4)
      expect(Number.isSafeInteger(revisions.at(-1))).toBe(true)
    })
  })
}
