import { describe, expect, it } from 'vitest'
import { limits, stagedLabel, type NewBead } from '../../../model/bead.ts'
import { by, refuse, unknown, type WorkPlaneBench } from './work-plane-bench.ts'

/** What a plane says of itself, and new beads. */
export function creation(bench: WorkPlaneBench): void {
  describe('manifest', () => {
    it('says what the plane can do', async () => {
      const manifest = await bench.plane.manifest()
      const { compareAndSet } = bench.traits
      expect(manifest).toMatchObject({ readOnly: false, readOnlyReason: null, compareAndSet })
      expect(manifest.statuses).toEqual(expect.arrayContaining(['open', 'in_progress', 'closed', 'hooked']))
      expect(manifest.types).toEqual(expect.arrayContaining(['task', 'epic', 'milestone', 'event']))
      expect((await bench.make()).id.startsWith(`${manifest.prefix}-`)).toBe(true)
    })
  })

  describe('create', () => {
    it('stores every field and reads it back', async () => {
      const blocker = await bench.make()
      const fields: NewBead = {
        title: 'All of it',
        description: 'd',
        design: 'e',
        acceptance: 'a',
        notes: 'n',
        status: 'deferred',
        priority: 0,
        type: 'bug',
        assignee: 'zed',
        externalRef: 'gh-1',
        estimatedMinutes: 90,
        dueAt: '2030-01-02T03:04:05.678Z',
        deferUntil: '2030-01-02T03:04:05+02:00',
        metadata: { nested: { list: [1, 'two', null] }, plain: 'x' },
        labels: ['b', 'a', 'b'],
        dependencies: [{ to: blocker.id, kind: 'blocks' }],
      }
      const made = await bench.plane.create(fields, by)
      const { dependencies, labels, ...same } = fields
      expect(made).toMatchObject({ ...same, dueAt: '2030-01-02T03:04:05Z', deferUntil: '2030-01-02T01:04:05Z' })
      expect([labels, dependencies].map((each) => each?.length)).toEqual([3, 1])
      expect(made.labels).toEqual(['a', 'b'])
      expect(made.dependencies).toEqual([{ from: made.id, to: blocker.id, kind: 'blocks' }])
      expect(made).toMatchObject({ createdBy: 'Ada', state: 'backlog', blockedBy: [blocker.id], ready: false })
      const { revision: _first, modifiedAt, ...detail } = made
      const { revision: _later, modifiedAt: modifiedLater, ...read } = await bench.plane.get(made.id)
      expect(read).toEqual(detail)
      if (bench.traits.datesEdges) expect(modifiedLater).toBe(modifiedAt)
      expect((await bench.plane.get(blocker.id)).dependents).toEqual(made.dependencies)
    })

    it('fills in what is left out', async () => {
      const made = await bench.make()
      expect(made).toMatchObject({
        status: 'open',
        type: 'task',
        priority: 2,
        assignee: null,
        metadata: {},
        ready: true,
      })
      expect(made.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(Date.parse(made.createdAt)).toBeLessThanOrEqual(Date.now() + bench.traits.aheadMs)
      expect([made.closedAt, made.startedAt, made.dueAt, made.deferUntil]).toEqual([null, null, null, null])
    })

    it.each([
      'plain',
      '$(touch /tmp/x) `id` ; rm -rf /',
      '--flag=value',
      "'; DROP TABLE issues; -- \\",
      '\u001b[31mred\u001b[0m \u0007 \r',
      '😀👩‍👩‍👧 emoji',
      '#(tmux) %s {name} \\n \\\\',
      '  spaces  ',
    ])('keeps a title as it is: %j', async (title) => {
      const made = await bench.plane.create({ title, description: title, labels: [title] }, by)
      expect(made).toMatchObject({ title, description: title, labels: [title.trim()] })
      expect((await bench.plane.comment(made.id, title, by)).text).toBe(title)
      expect((await bench.plane.summaries([made.id])).map((bead) => bead.title)).toEqual([title])
    })

    const huge = 'x'.repeat(5_000_000)
    it.each<[string, NewBead]>([
      ['title', { title: '' }],
      ['title', { title: '   ' }],
      ['title', { title: 'é'.repeat(250) + 'x' }],
      ['title', { title: huge }],
      ['title', { title: 'NUL \u0000' }],
      ['description', { title: 't', description: 'half a character \ud83d' }],
      ['labels', { title: 't', labels: ['NUL \u0000'] }],
      ['description', { title: 't', description: 'x'.repeat(limits.text + 1) }],
      ['description', { title: 't', description: '😀'.repeat(16_384) }],
      ['design', { title: 't', design: huge }],
      ['acceptance', { title: 't', acceptance: huge }],
      ['notes', { title: 't', notes: huge }],
      ['metadata', { title: 't', metadata: { huge } }],
      ['status', { title: 't', status: 'flying' }],
      ['type', { title: 't', type: 'starship' }],
      ['priority', { title: 't', priority: 5 }],
      ['priority', { title: 't', priority: -1 }],
      ['priority', { title: 't', priority: 1.5 }],
      ['assignee', { title: 't', assignee: 'x'.repeat(256) }],
      ['externalRef', { title: 't', externalRef: 'x'.repeat(256) }],
      ['estimatedMinutes', { title: 't', estimatedMinutes: -5 }],
      ['dueAt', { title: 't', dueAt: 'tomorrow' }],
      ['deferUntil', { title: 't', deferUntil: '2026-13-45T00:00:00Z' }],
      ['labels', { title: 't', labels: [' '] }],
      ['labels', { title: 't', labels: [huge] }],
      ['id', { title: 't', id: 'other-1' }],
      ['id', { title: 't', id: '$(x)' }],
    ])('refuses a bad %s and stores nothing', async (field, bead) => {
      const before = (await bench.plane.list()).length
      await refuse(bench.plane.create(bead, by), 'bead_invalid', [field])
      expect((await bench.plane.list()).length).toBe(before)
    })

    it('takes texts up to the last byte', async () => {
      const made = await bench.make({
        title: 'é'.repeat(250),
        description: 'x'.repeat(limits.text),
        notes: '😀'.repeat(16_383),
      })
      expect([made.title.length, made.description.length, made.notes.length]).toEqual([250, limits.text, 32_766])
      const update = bench.plane.update(made.id, { description: 'y'.repeat(limits.text), priority: 1 }, by)
      if (!bench.traits.changesLongTexts) return refuse(update, 'bead_invalid', ['too long'])
      expect((await update).description).toBe('y'.repeat(limits.text))
    })

    it('takes a chosen id once', async () => {
      const { prefix } = await bench.plane.manifest()
      const id = `${prefix}-chosen`
      expect((await bench.make({ id })).id).toBe(id)
      await refuse(bench.make({ id }), 'bead_exists', [id])
      const both = await Promise.allSettled([
        bench.make({ id: `${id}2` }),
        bench.second.create({ title: 't', id: `${id}2` }, by),
      ])
      expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
    })

    it('makes one bead for one key, also at once and from elsewhere', async () => {
      const write = { ...by, key: bench.key() }
      const first = await bench.plane.create({ title: 'once', labels: ['l'] }, write)
      const again = await Promise.all([
        bench.plane.create({ title: 'once', labels: ['l'] }, write),
        bench.second.create({ title: 'once', labels: ['l'] }, write),
      ])
      expect(again.map((bead) => bead.id)).toEqual([first.id, first.id])
      const fresh = { ...by, key: bench.key() }
      const racing = await Promise.all(
        [bench.plane, bench.second, bench.plane, bench.second].map((each) => each.create({ title: 'race' }, fresh)),
      )
      expect(new Set(racing.map((bead) => bead.id)).size).toBe(1)
      expect((await bench.eventsOf(first.id)).map((event) => event.type)).toEqual(['created', 'label_added'])
    })

    it('numbers the children of a parent, also when many are made at once', async () => {
      const parent = await bench.make({ type: 'epic', labels: ['area', stagedLabel] })
      const child = await bench.make({ parent: parent.id })
      expect(child).toMatchObject({ id: `${parent.id}.1`, parent: parent.id, labels: ['area'] })
      expect((await bench.make({ parent: child.id, labels: [] })).id).toBe(`${parent.id}.1.1`)
      const planes = [
        bench.plane,
        bench.second,
        bench.plane,
        bench.second,
        bench.plane,
        bench.second,
        bench.plane,
        bench.second,
      ]
      const many = await Promise.all(planes.map((each, i) => each.create({ title: `c${i}`, parent: parent.id }, by)))
      expect(new Set(many.map((bead) => bead.id)).size).toBe(8)
      expect(new Set(many.map((bead) => bead.title)).size).toBe(8)
      const children = (await bench.plane.list()).filter((bead) => bead.parent === parent.id)
      expect(children.map((bead) => bead.id).sort()).toEqual(
        Array.from({ length: 9 }, (_, i) => `${parent.id}.${i + 1}`),
      )
      await bench.plane.delete(`${parent.id}.9`, by)
      expect((await bench.make({ parent: parent.id })).id).toBe(`${parent.id}.10`)
    })

    it('refuses an unknown parent or dependency and stores nothing', async () => {
      const before = (await bench.plane.list()).length
      await refuse(bench.make({ parent: unknown }), 'bead_not_found', [unknown])
      await refuse(bench.make({ dependencies: [{ to: unknown, kind: 'blocks' }] }), 'bead_not_found', [unknown])
      expect((await bench.plane.list()).length).toBe(before)
    })
  })
}
