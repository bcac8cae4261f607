import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../model/actor.ts'
import { limits, stagedLabel, type BeadDetail, type BeadPatch, type NewBead } from '../../model/bead.ts'
import { GembaError, type ErrorCode } from '../../model/error.ts'
import type { WorkPlane } from '../../model/work-plane.ts'

/** Another program on the same database, which speaks SQL and knows nothing of the plane. */
export interface Outsider {
  rows<T>(sql: string, values?: readonly unknown[]): Promise<T[]>
}

export interface OpenedWorkPlane {
  /** A plane on an empty Beads database that may be written. */
  readonly plane: WorkPlane
  /** The same database through another process, as far as the plane can tell. */
  readonly second: WorkPlane
  readonly outsider: Outsider
  release(): Promise<void>
}

const ada: Actor = { name: 'Ada', via: 'console' }
const by = { actor: ada }
const unknown = 'no-such-bead'

/** What every work plane promises (`model/work-plane.ts`), tried on a real database. */
export function workPlaneConformance(name: string, open: () => Promise<OpenedWorkPlane>): void {
  describe(`work plane: ${name}`, () => {
    let opened: OpenedWorkPlane
    let plane: WorkPlane
    let second: WorkPlane
    let outsider: Outsider
    beforeAll(async () => {
      opened = await open()
      ;({ plane, second, outsider } = opened)
    })
    afterAll(async () => {
      await opened.release()
    })

    let count = 0
    const make = (more: Partial<NewBead> = {}): Promise<BeadDetail> => {
      count += 1
      return plane.create({ title: `bead ${count}`, ...more }, by)
    }
    const key = (): string => `key-${(count += 1)}`
    const refuse = async (action: Promise<unknown>, code: ErrorCode, words: readonly string[] = []): Promise<void> => {
      const error = await action.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (!(error instanceof GembaError)) throw new Error(`expected ${code}, got ${String(error)}`)
      expect([error.code, error.message]).toEqual([code, expect.any(String)])
      for (const word of words) expect(error.message).toContain(word)
    }
    const eventsOf = (id: string) =>
      outsider.rows<{ type: string; actor: string; old: string | null; new: string | null; comment: string | null }>(
        `SELECT event_type AS type, actor, old_value AS old, new_value AS new, comment FROM events WHERE issue_id = ?
         ORDER BY event_type, created_at, comment`,
        [id],
      )
    const dirty = async (): Promise<string[]> =>
      (await outsider.rows<{ name: string }>('SELECT table_name AS name FROM dolt_status')).map((row) => row.name)

    describe('manifest', () => {
      it('says what the plane can do', async () => {
        const manifest = await plane.manifest()
        expect(manifest).toMatchObject({ readOnly: false, readOnlyReason: null, compareAndSet: true })
        expect(manifest.statuses).toEqual(expect.arrayContaining(['open', 'in_progress', 'closed', 'hooked']))
        expect(manifest.types).toEqual(expect.arrayContaining(['task', 'epic', 'milestone', 'event']))
        expect((await make()).id.startsWith(`${manifest.prefix}-`)).toBe(true)
      })
    })

    describe('create', () => {
      it('stores every field and reads it back', async () => {
        const blocker = await make()
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
        const made = await plane.create(fields, by)
        const { dependencies, labels, ...same } = fields
        expect(made).toMatchObject({ ...same, dueAt: '2030-01-02T03:04:05Z', deferUntil: '2030-01-02T01:04:05Z' })
        expect([labels, dependencies].map((each) => each?.length)).toEqual([3, 1])
        expect(made.labels).toEqual(['a', 'b'])
        expect(made.dependencies).toEqual([{ from: made.id, to: blocker.id, kind: 'blocks' }])
        expect(made).toMatchObject({ createdBy: 'Ada', state: 'backlog', blockedBy: [blocker.id], ready: false })
        const { revision: _first, ...detail } = made
        const { revision: _later, ...read } = await plane.get(made.id)
        expect(read).toEqual(detail)
        expect((await plane.get(blocker.id)).dependents).toEqual(made.dependencies)
      })

      it('fills in what is left out', async () => {
        const made = await make()
        expect(made).toMatchObject({
          status: 'open',
          type: 'task',
          priority: 2,
          assignee: null,
          metadata: {},
          ready: true,
        })
        expect(made.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
        expect(Date.parse(made.createdAt)).toBeLessThanOrEqual(Date.now())
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
        const made = await plane.create({ title, description: title, labels: [title] }, by)
        expect(made).toMatchObject({ title, description: title, labels: [title.trim()] })
        expect((await plane.comment(made.id, title, by)).text).toBe(title)
        expect((await plane.summaries([made.id])).map((bead) => bead.title)).toEqual([title])
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
        const before = (await plane.list()).length
        await refuse(plane.create(bead, by), 'bead_invalid', [field])
        expect((await plane.list()).length).toBe(before)
      })

      it('takes texts up to the last byte', async () => {
        const made = await make({
          title: 'é'.repeat(250),
          description: 'x'.repeat(limits.text),
          notes: '😀'.repeat(16_383),
        })
        expect([made.title.length, made.description.length, made.notes.length]).toEqual([250, limits.text, 32_766])
        const updated = await plane.update(made.id, { description: 'y'.repeat(limits.text), priority: 1 }, by)
        expect(updated.description).toBe('y'.repeat(limits.text))
      })

      it('takes a chosen id once', async () => {
        const { prefix } = await plane.manifest()
        const id = `${prefix}-chosen`
        expect((await make({ id })).id).toBe(id)
        await refuse(make({ id }), 'bead_exists', [id])
        const both = await Promise.allSettled([make({ id: `${id}2` }), second.create({ title: 't', id: `${id}2` }, by)])
        expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
      })

      it('makes one bead for one key, also at once and from elsewhere', async () => {
        const write = { ...by, key: key() }
        const first = await plane.create({ title: 'once', labels: ['l'] }, write)
        const again = await Promise.all([
          plane.create({ title: 'once', labels: ['l'] }, write),
          second.create({ title: 'once', labels: ['l'] }, write),
        ])
        expect(again.map((bead) => bead.id)).toEqual([first.id, first.id])
        const fresh = { ...by, key: key() }
        const racing = await Promise.all(
          [plane, second, plane, second].map((each) => each.create({ title: 'race' }, fresh)),
        )
        expect(new Set(racing.map((bead) => bead.id)).size).toBe(1)
        expect((await eventsOf(first.id)).map((event) => event.type)).toEqual(['created', 'label_added'])
      })

      it('numbers the children of a parent, also when many are made at once', async () => {
        const parent = await make({ type: 'epic', labels: ['area', stagedLabel] })
        const child = await make({ parent: parent.id })
        expect(child).toMatchObject({ id: `${parent.id}.1`, parent: parent.id, labels: ['area'] })
        expect((await make({ parent: child.id, labels: [] })).id).toBe(`${parent.id}.1.1`)
        const planes = [plane, second, plane, second, plane, second, plane, second]
        const many = await Promise.all(planes.map((each, i) => each.create({ title: `c${i}`, parent: parent.id }, by)))
        expect(new Set(many.map((bead) => bead.id)).size).toBe(8)
        expect(new Set(many.map((bead) => bead.title)).size).toBe(8)
        const children = (await plane.list()).filter((bead) => bead.parent === parent.id)
        expect(children.map((bead) => bead.id).sort()).toEqual(
          Array.from({ length: 9 }, (_, i) => `${parent.id}.${i + 1}`),
        )
        await plane.delete(`${parent.id}.9`, by)
        expect((await make({ parent: parent.id })).id).toBe(`${parent.id}.10`)
      })

      it('refuses an unknown parent or dependency and stores nothing', async () => {
        const before = (await plane.list()).length
        await refuse(make({ parent: unknown }), 'bead_not_found', [unknown])
        await refuse(make({ dependencies: [{ to: unknown, kind: 'blocks' }] }), 'bead_not_found', [unknown])
        expect((await plane.list()).length).toBe(before)
      })
    })

    describe('unknown beads', () => {
      it('are refused by every method and absent from lists', async () => {
        const known = await make()
        const attempts = [
          plane.get(unknown),
          plane.update(unknown, { title: 't' }, by),
          plane.close(unknown, { reason: '' }, by),
          plane.reopen(unknown, { reason: '' }, by),
          plane.delete(unknown, by),
          plane.delete(unknown, { ...by, key: key() }),
          plane.addDependency(unknown, known.id, 'blocks', by),
          plane.addDependency(known.id, unknown, 'blocks', by),
          plane.removeDependency(unknown, known.id, by),
          plane.comment(unknown, 'text', by),
          plane.claim(unknown, 'gemba/s', by),
          plane.release(unknown, 'gemba/s', by),
        ]
        await Promise.all(attempts.map((attempt) => refuse(attempt, 'bead_not_found', [unknown])))
        expect(await plane.summaries([unknown])).toEqual([])
      })
    })

    describe('update', () => {
      it('sets each field and clears those that can be', async () => {
        const bead = await make({ metadata: { keep: 1, drop: 2 }, labels: ['old'] })
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
        expect(await plane.update(bead.id, patch, by)).toMatchObject(patch)
        const labelled = await plane.update(bead.id, { addLabels: ['z', 'old'], removeLabels: ['old', 'none'] }, by)
        expect(labelled.labels).toEqual(['old', 'z'])
        const merged = await plane.update(bead.id, { metadata: { drop: null, more: [true] } }, by)
        expect(merged.metadata).toEqual({ keep: 1, more: [true] })
        const none = { assignee: null, externalRef: null, estimatedMinutes: null, dueAt: null, deferUntil: null }
        expect(await plane.update(bead.id, { ...none, description: '' }, by)).toMatchObject({
          ...none,
          description: '',
        })
      })

      it('checks like create and changes nothing when it refuses', async () => {
        const bead = await make()
        const bad: [string, BeadPatch][] = [
          ['status', { title: 'x', status: 'flying' }],
          ['type', { type: 'starship' }],
          ['priority', { priority: 9 }],
          ['title', { title: '' }],
          ['notes', { priority: 1, notes: 'x'.repeat(5_000_000) }],
        ]
        for (const [field, patch] of bad) await refuse(plane.update(bead.id, patch, by), 'bead_invalid', [field])
        expect((await plane.get(bead.id)).etag).toBe(bead.etag)
        expect(await eventsOf(bead.id)).toHaveLength(1)
      })

      it('moves `updatedAt` only with the row', async () => {
        const bead = await make()
        await outsider.rows("UPDATE issues SET updated_at = '2020-01-01 00:00:00' WHERE id = ?", [bead.id])
        const old = '2020-01-01T00:00:00Z'
        const other = await make()
        expect((await plane.update(bead.id, { addLabels: ['l'] }, by)).updatedAt).toBe(old)
        expect((await plane.addDependency(bead.id, other.id, 'related', by)).updatedAt).toBe(old)
        expect((await plane.update(bead.id, { title: bead.title }, by)).updatedAt).toBe(old)
        await plane.comment(bead.id, 'c', by)
        expect((await plane.get(bead.id)).updatedAt).toBe(old)
        expect((await plane.update(bead.id, { title: 'other' }, by)).updatedAt).not.toBe(old)
      })

      it('keeps the side rules of the status', async () => {
        const bead = await make({ assignee: 'gemba/gone' })
        const started = await plane.update(bead.id, { status: 'in_progress' }, by)
        expect(started).toMatchObject({ state: 'started', startedAt: started.updatedAt })
        const closed = await plane.update(bead.id, { status: 'closed' }, by)
        expect(closed).toMatchObject({ state: 'completed', closedAt: closed.updatedAt, startedAt: started.startedAt })
        const back = await plane.update(bead.id, { status: 'open' }, by)
        expect(back).toMatchObject({ closedAt: null, closeReason: '', assignee: null, startedAt: started.startedAt })
        await outsider.rows('UPDATE issues SET pinned = 1 WHERE id = ?', [bead.id])
        await plane.update(bead.id, { status: 'blocked' }, by)
        expect(await outsider.rows('SELECT pinned FROM issues WHERE id = ?', [bead.id])).toEqual([{ pinned: 0 }])
      })

      it('changes, sets and removes the parent', async () => {
        const [one, two, child] = [await make({ type: 'epic' }), await make({ type: 'epic' }), await make()]
        expect((await plane.update(child.id, { parent: one.id }, by)).parent).toBe(one.id)
        expect((await plane.update(child.id, { parent: two.id }, by)).parent).toBe(two.id)
        await refuse(plane.update(two.id, { parent: child.id }, by), 'dependency_cycle', [child.id, two.id])
        await refuse(plane.update(two.id, { parent: two.id }, by), 'dependency_invalid')
        await refuse(plane.update(child.id, { parent: unknown }, by), 'bead_not_found')
        expect((await plane.get(child.id)).parent).toBe(two.id)
        expect((await plane.update(child.id, { parent: null }, by)).parent).toBe(null)
      })

      it('refuses a stale `ifMatch` and takes the present one', async () => {
        const bead = await make()
        const write = { ...by, ifMatch: bead.etag }
        const changed = await plane.update(bead.id, { title: 'a' }, write)
        expect(changed.etag).not.toBe(bead.etag)
        await refuse(plane.update(bead.id, { title: 'b' }, write), 'bead_changed', [bead.id])
        await refuse(plane.close(bead.id, { reason: '' }, write), 'bead_changed')
        await refuse(plane.delete(bead.id, write), 'bead_changed')
        await refuse(plane.addDependency(bead.id, (await make()).id, 'related', write), 'bead_changed')
        expect((await plane.update(bead.id, { title: 'c' }, { ...by, ifMatch: changed.etag })).title).toBe('c')
      })

      it('lets one of two edits of the same state win', async () => {
        const bead = await make()
        const write = { ...by, ifMatch: bead.etag }
        const both = await Promise.allSettled([
          plane.update(bead.id, { title: 'first' }, write),
          second.update(bead.id, { description: 'second' }, write),
        ])
        expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
        const now = await plane.get(bead.id)
        expect([now.title === 'first', now.description === 'second'].filter(Boolean)).toHaveLength(1)
      })

      it('digests row, labels and own edges into the etag, and nothing else', async () => {
        const [bead, other] = [await make(), await make()]
        const tags = [bead.etag]
        tags.push((await plane.update(bead.id, { priority: 1 }, by)).etag)
        tags.push((await plane.update(bead.id, { addLabels: ['l'] }, by)).etag)
        tags.push((await plane.addDependency(bead.id, other.id, 'related', by)).etag)
        expect(new Set(tags).size).toBe(4)
        await plane.comment(bead.id, 'c', by)
        await plane.addDependency(other.id, bead.id, 'tracks', by)
        expect((await second.get(bead.id)).etag).toBe(tags.at(-1))
      })

      it('does one thing per key', async () => {
        const bead = await make()
        const write = { ...by, key: key(), ifMatch: bead.etag }
        await plane.update(bead.id, { title: 'keyed', addLabels: ['k'] }, write)
        await plane.update(bead.id, { title: 'later' }, by)
        expect((await second.update(bead.id, { title: 'keyed', addLabels: ['k'] }, write)).title).toBe('later')
        expect((await eventsOf(bead.id)).map((event) => event.type)).toEqual([
          'created',
          'label_added',
          'updated',
          'updated',
        ])
      })
    })

    describe('close and reopen', () => {
      it('closes once and keeps the first reason', async () => {
        const bead = await make()
        const closed = await plane.close(bead.id, { reason: 'done', session: 's-1' }, by)
        expect(closed).toMatchObject({
          status: 'closed',
          closeReason: 'done',
          closedAt: closed.updatedAt,
          ready: false,
        })
        expect((await plane.close(bead.id, { reason: 'again' }, by)).etag).toBe(closed.etag)
        expect(await outsider.rows('SELECT closed_by_session AS s FROM issues WHERE id = ?', [bead.id])).toEqual([
          { s: 's-1' },
        ])
        await refuse(plane.close(bead.id, { reason: 'x'.repeat(70_000) }, by), 'bead_invalid', ['reason'])
      })

      it('refuses while a blocker is open, unless forced', async () => {
        for (const kind of ['blocks', 'conditional-blocks']) {
          const [bead, blocker] = [await make(), await make()]
          await plane.addDependency(bead.id, blocker.id, kind, by)
          await refuse(plane.close(bead.id, { reason: '' }, by), 'bead_close_refused', [blocker.id])
          await refuse(plane.update(bead.id, { status: 'closed' }, by), 'bead_close_refused', [blocker.id])
          await plane.close(blocker.id, { reason: '' }, by)
          expect((await plane.close(bead.id, { reason: '' }, by)).status).toBe('closed')
        }
        const [bead, blocker] = [await make(), await make()]
        await plane.addDependency(bead.id, blocker.id, 'blocks', by)
        expect((await plane.close(bead.id, { reason: '', force: true }, by)).status).toBe('closed')
        const related = await make()
        await plane.addDependency(related.id, blocker.id, 'related', by)
        expect((await plane.close(related.id, { reason: '' }, by)).status).toBe('closed')
      })

      it('refuses a wrapper with open children, not a task', async () => {
        for (const type of ['epic', 'milestone']) {
          const wrapper = await make({ type })
          const child = await make({ parent: wrapper.id })
          await refuse(plane.close(wrapper.id, { reason: '' }, by), 'bead_close_refused', [child.id])
          await plane.close(child.id, { reason: '' }, by)
          expect((await plane.close(wrapper.id, { reason: '' }, by)).status).toBe('closed')
        }
        const task = await make()
        await make({ parent: task.id })
        expect((await plane.close(task.id, { reason: '' }, by)).status).toBe('closed')
      })

      it('reopens without what closing left', async () => {
        const bead = await make({ deferUntil: '2031-01-01T00:00:00Z', assignee: 'gemba/s-1' })
        await plane.close(bead.id, { reason: 'done' }, by)
        const back = await plane.reopen(bead.id, { reason: 'not yet' }, by)
        expect(back).toMatchObject({
          status: 'open',
          closedAt: null,
          closeReason: '',
          deferUntil: null,
          assignee: null,
        })
        expect((await plane.reopen(bead.id, { reason: 'twice' }, by)).etag).toBe(back.etag)
        const person = await make({ assignee: 'zed', status: 'closed' })
        expect((await plane.reopen(person.id, { reason: '' }, by)).assignee).toBe('zed')
      })
    })

    describe('delete', () => {
      it('takes all rows of the bead and the edges to it', async () => {
        const [bead, before, after] = [await make({ labels: ['l'] }), await make(), await make()]
        await plane.comment(bead.id, 'c', by)
        await plane.addDependency(bead.id, before.id, 'blocks', by)
        await plane.addDependency(after.id, bead.id, 'blocks', by)
        const write = { ...by, key: key() }
        await plane.delete(bead.id, write)
        await plane.delete(bead.id, write)
        await refuse(plane.delete(bead.id, { ...by, key: key() }), 'bead_not_found')
        await refuse(plane.get(bead.id), 'bead_not_found')
        for (const table of ['labels', 'comments', 'events']) {
          expect(await outsider.rows(`SELECT 1 FROM ${table} WHERE issue_id = ?`, [bead.id])).toEqual([])
        }
        expect((await plane.get(after.id)).dependencies).toEqual([])
        expect(await plane.ready()).toEqual(expect.arrayContaining([before.id, after.id]))
      })
    })

    describe('dependencies', () => {
      const kinds = [
        ...['blocks', 'conditional-blocks', 'waits-for', 'parent-child', 'related', 'relates-to', 'discovered-from'],
        ...['tracks', 'until', 'caused-by', 'validates', 'delegated-from', 'replies-to', 'duplicates', 'supersedes'],
        ...['authored-by', 'assigned-to', 'approved-by', 'attests', 'our-own-kind'],
      ]
      it.each(kinds)('adds, shows and removes %s', async (kind) => {
        const [from, to] = [await make(), await make()]
        const edge = { from: from.id, to: to.id, kind }
        expect((await plane.addDependency(from.id, to.id, kind, by)).dependencies).toEqual([edge])
        expect((await plane.addDependency(from.id, to.id, kind, by)).dependencies).toEqual([edge])
        expect((await plane.get(to.id)).dependents).toEqual([edge])
        const other = kind === 'related' ? 'tracks' : 'related'
        await refuse(plane.addDependency(from.id, to.id, other, by), 'dependency_exists', [from.id, to.id, kind])
        expect((await plane.removeDependency(from.id, to.id, by)).dependencies).toEqual([])
        expect((await plane.removeDependency(from.id, to.id, by)).dependencies).toEqual([])
      })

      it('only blocking kinds hold back', async () => {
        const holds: string[] = []
        for (const kind of kinds) {
          const [from, to] = [await make(), await make()]
          await plane.addDependency(from.id, to.id, kind, by)
          if (kind === 'waits-for') await make({ parent: to.id })
          if (!(await plane.get(from.id)).ready) holds.push(kind)
        }
        expect(holds).toEqual(['blocks', 'conditional-blocks', 'waits-for'])
      })

      it('refuses circles of blocking kinds and of parents', async () => {
        const [a, b, c] = [await make(), await make(), await make()]
        await plane.addDependency(a.id, b.id, 'blocks', by)
        await refuse(plane.addDependency(b.id, a.id, 'blocks', by), 'dependency_cycle', [a.id, b.id])
        await plane.addDependency(b.id, c.id, 'conditional-blocks', by)
        await refuse(plane.addDependency(c.id, a.id, 'waits-for', by), 'dependency_cycle', [a.id, b.id, c.id])
        expect((await plane.addDependency(c.id, a.id, 'related', by)).dependencies).toHaveLength(1)
        const [parent, child] = [await make(), await make()]
        await plane.addDependency(child.id, parent.id, 'parent-child', by)
        await refuse(plane.addDependency(parent.id, child.id, 'parent-child', by), 'dependency_cycle')
        await refuse(plane.addDependency(parent.id, child.id, 'blocks', by), 'dependency_cycle')
        await refuse(plane.addDependency(child.id, a.id, 'parent-child', by), 'dependency_exists', [parent.id])
        const grandchild = await make({ parent: child.id })
        await refuse(plane.addDependency(grandchild.id, parent.id, 'blocks', by), 'dependency_invalid')
      })

      it('closes no circle from two sides at once', async () => {
        const [a, b] = [await make(), await make()]
        const both = await Promise.allSettled([
          plane.addDependency(a.id, b.id, 'blocks', by),
          second.addDependency(b.id, a.id, 'blocks', by),
        ])
        expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
      })

      it('refuses itself, bad kinds, and tasks that block epics', async () => {
        const [task, epic, other] = [await make(), await make({ type: 'epic' }), await make({ type: 'epic' })]
        await refuse(plane.addDependency(task.id, task.id, 'blocks', by), 'dependency_invalid')
        await refuse(plane.addDependency(task.id, epic.id, 'blocks', by), 'dependency_invalid')
        await refuse(plane.addDependency(epic.id, task.id, 'blocks', by), 'dependency_invalid')
        for (const kind of ['', 'Blocks', '--x', 'x'.repeat(33), '$(x)']) {
          await refuse(plane.addDependency(task.id, other.id, kind, by), 'dependency_invalid')
        }
        expect((await plane.addDependency(epic.id, other.id, 'blocks', by)).blockedBy).toEqual([other.id])
      })

      it('points outside the database without holding back', async () => {
        const bead = await make()
        const edged = await plane.addDependency(bead.id, 'external:rig:capability', 'blocks', by)
        expect(edged).toMatchObject({ ready: true, blockedBy: [] })
        expect(edged.dependencies).toEqual([{ from: bead.id, to: 'external:rig:capability', kind: 'blocks' }])
      })

      it('does one thing per key', async () => {
        const [a, b] = [await make(), await make()]
        const write = { ...by, key: key() }
        await plane.addDependency(a.id, b.id, 'blocks', write)
        await plane.removeDependency(a.id, b.id, by)
        expect((await plane.addDependency(a.id, b.id, 'blocks', write)).dependencies).toEqual([])
      })
    })

    describe('ready and blocked', () => {
      it('lists what nothing holds back, by priority, then newest first', async () => {
        const low = await make({ priority: 4, labels: ['order'] })
        const high = await make({ priority: 0, labels: ['order'] })
        const ready = await plane.ready()
        expect(ready.indexOf(high.id)).toBeLessThan(ready.indexOf(low.id))
        const list = await plane.list()
        expect(new Set(ready)).toEqual(new Set(list.filter((bead) => bead.ready).map((bead) => bead.id)))
      })

      it('frees what a closed blocker held, and its children', async () => {
        const [blocker, parent] = [await make(), await make()]
        const child = await make({ parent: parent.id })
        const blocked = await plane.addDependency(parent.id, blocker.id, 'blocks', by)
        expect(blocked).toMatchObject({ blockedBy: [blocker.id], ready: false })
        expect((await plane.get(blocker.id)).blocks).toEqual([parent.id])
        expect(await plane.get(child.id)).toMatchObject({ ready: false, blockedBy: [] })
        await plane.close(blocker.id, { reason: '' }, by)
        const near = new Map((await plane.summaries([blocker.id])).map((bead) => [bead.id, bead]))
        expect(near.get(blocker.id)).toMatchObject({ blocks: [], state: 'completed' })
        expect(near.get(parent.id)).toMatchObject({ ready: true, blockedBy: [] })
        expect(near.get(child.id)).toMatchObject({ ready: true })
      })

      it('gives summaries as the list does', async () => {
        const list = new Map((await plane.list()).map((bead) => [bead.id, { ...bead, revision: 0 }]))
        const some = await plane.summaries([...list.keys()])
        expect(new Map(some.map((bead) => [bead.id, { ...bead, revision: 0 }]))).toEqual(list)
      })

      it('leaves out templates and wisps', async () => {
        const [template, wisp] = [await make(), await make()]
        await outsider.rows('UPDATE issues SET is_template = 1 WHERE id = ?', [template.id])
        await outsider.rows('UPDATE issues SET ephemeral = 1 WHERE id = ?', [wisp.id])
        const ids = (await plane.list()).map((bead) => bead.id)
        expect(ids).not.toContain(template.id)
        expect(ids).not.toContain(wisp.id)
        expect(await plane.summaries([template.id, wisp.id])).toEqual([])
      })
    })

    describe('comments', () => {
      it('are kept in order with their author', async () => {
        const bead = await make()
        await plane.comment(bead.id, 'one', by)
        await plane.comment(bead.id, 'two', { actor: { name: 'Bob', via: 'chat' } })
        const read = await plane.get(bead.id)
        expect(read.commentCount).toBe(2)
        expect(read.comments.map((each) => [each.author, each.text]).sort()).toEqual([
          ['Ada', 'one'],
          ['Bob', 'two'],
        ])
        await refuse(plane.comment(bead.id, ' ', by), 'bead_invalid', ['text'])
        await refuse(plane.comment(bead.id, 'x'.repeat(5_000_000), by), 'bead_invalid', ['text'])
      })

      it('come once per key', async () => {
        const bead = await make()
        const write = { ...by, key: key() }
        const [first, again] = await Promise.all([
          plane.comment(bead.id, 'once', write),
          second.comment(bead.id, 'once', write),
        ])
        expect(again).toEqual(first)
        expect((await plane.get(bead.id)).comments).toEqual([first])
      })
    })

    describe('claim', () => {
      it('has one winner of twelve', async () => {
        const bead = await make()
        const holders = Array.from({ length: 12 }, (_, i) => `gemba/s-${i}`)
        const results = await Promise.all(
          holders.map((holder, i) => (i % 2 === 0 ? plane : second).claim(bead.id, holder, by)),
        )
        const winners = holders.filter((_, i) => results[i]?.claimed === true)
        expect(winners).toHaveLength(1)
        const now = await plane.get(bead.id)
        expect(now).toMatchObject({ assignee: winners[0], status: 'in_progress', startedAt: now.updatedAt })
        for (const result of results) {
          if (!result.claimed) expect(result).toEqual({ claimed: false, holder: winners[0], status: 'in_progress' })
        }
        expect((await eventsOf(bead.id)).map((event) => event.type)).toEqual(['claimed', 'created'])
      })

      it('is ours again when it is ours', async () => {
        const bead = await make()
        const write = { ...by, key: key() }
        expect(await plane.claim(bead.id, 'gemba/s', write)).toMatchObject({ claimed: true })
        expect(await plane.claim(bead.id, 'gemba/s', write)).toMatchObject({ claimed: true })
        expect(await second.claim(bead.id, 'gemba/s', by)).toMatchObject({ claimed: true })
        expect(await plane.claim(bead.id, 'gemba/t', by)).toMatchObject({ claimed: false, holder: 'gemba/s' })
        expect((await eventsOf(bead.id)).map((event) => event.type)).toEqual(['claimed', 'created'])
        const waiting = await make({ assignee: 'gemba/u' })
        expect(await plane.claim(waiting.id, 'gemba/u', by)).toMatchObject({ claimed: true })
      })

      it('respects others and what is not open', async () => {
        const theirs = await make({ assignee: 'zed' })
        const refusal = { claimed: false, holder: 'zed', status: 'open' }
        expect(await plane.claim(theirs.id, 'gemba/s', by)).toEqual(refusal)
        for (const status of ['closed', 'deferred', 'in_progress', 'blocked']) {
          const bead = await make({ status })
          expect(await plane.claim(bead.id, 'gemba/s', by)).toEqual({ claimed: false, holder: null, status })
        }
        const empty = await make()
        await outsider.rows("UPDATE issues SET assignee = '' WHERE id = ?", [empty.id])
        expect(await plane.claim(empty.id, 'gemba/s', by)).toMatchObject({ claimed: true })
      })

      it('gives back what is ours and nothing else', async () => {
        const bead = await make()
        const first = await plane.claim(bead.id, 'gemba/s', by)
        expect(await plane.release(bead.id, 'gemba/t', by)).toBe(false)
        const write = { ...by, key: key() }
        expect(await plane.release(bead.id, 'gemba/s', write)).toBe(true)
        expect(await plane.release(bead.id, 'gemba/s', write)).toBe(true)
        expect(await plane.release(bead.id, 'gemba/s', by)).toBe(false)
        const back = await plane.get(bead.id)
        expect(back).toMatchObject({ status: 'open', assignee: null, ready: true })
        expect(back.startedAt).toBe(first.claimed ? first.bead.startedAt : undefined)
        const done = await make()
        await plane.claim(done.id, 'gemba/s', by)
        await plane.close(done.id, { reason: '' }, by)
        expect(await plane.release(done.id, 'gemba/s', by)).toBe(false)
      })

      it('says which beads sessions hold', async () => {
        const [held, free] = [await make(), await make({ assignee: 'zed' })]
        await plane.claim(held.id, 'gemba/s-77', by)
        const all = await plane.held()
        expect(all).toContainEqual({ bead: held.id, session: 's-77', status: 'in_progress' })
        expect(all.map((each) => each.bead)).not.toContain(free.id)
      })
    })

    describe('watching', () => {
      const changedBy = async (act: () => Promise<unknown>): Promise<readonly string[] | 'all' | undefined> => {
        const cursor = await plane.cursor()
        await act()
        return (await plane.changes(cursor))?.beads
      }

      it('sees nothing when nothing happened', async () => {
        const cursor = await plane.cursor()
        expect(await plane.changes(cursor)).toBe(null)
        await plane.list()
        expect(await plane.changes(cursor)).toBe(null)
      })

      it('names the beads of every kind of change, whoever made it', async () => {
        const [a, b] = [await make(), await make()]
        expect(await changedBy(() => second.update(a.id, { title: 'x' }, by))).toEqual([a.id])
        expect(await changedBy(() => second.update(a.id, { addLabels: ['x'] }, by))).toEqual([a.id])
        expect(await changedBy(() => second.comment(a.id, 'x', by))).toEqual([a.id])
        const both = [a.id, b.id].sort()
        expect(await changedBy(() => second.addDependency(a.id, b.id, 'blocks', by))).toEqual(both)
        expect(await changedBy(() => second.removeDependency(a.id, b.id, by))).toEqual(both)
        let made = ''
        expect(await changedBy(async () => (made = (await make()).id))).toEqual([made])
        expect(await changedBy(() => second.delete(made, by))).toEqual([made])
      })

      it('goes on from the new cursor', async () => {
        const bead = await make()
        const cursor = await plane.cursor()
        await second.update(bead.id, { title: 'x' }, by)
        const change = await plane.changes(cursor)
        expect(await plane.changes(change?.cursor ?? '')).toBe(null)
      })

      it('sees what another program has not committed, also when it takes it back', async () => {
        const [a, b] = [await make({ priority: 3 }), await make()]
        const set = (priority: number) => outsider.rows('UPDATE issues SET priority = ? WHERE id = ?', [priority, a.id])
        expect(await changedBy(() => set(1))).toEqual([a.id])
        expect(await changedBy(() => set(3))).toEqual([a.id])
        expect(await changedBy(() => outsider.rows("INSERT INTO labels VALUES (?, 'raw')", [b.id]))).toEqual([b.id])
        expect(await changedBy(() => outsider.rows("DELETE FROM labels WHERE label = 'raw'"))).toEqual([b.id])
      })

      it('asks for a full reading when it can not tell', async () => {
        const change = await plane.changes('long.forgotten')
        expect(change?.beads).toBe('all')
        expect(await plane.changes(change?.cursor ?? '')).toBe(null)
      })
    })

    describe('beside other programs', () => {
      it('writes the event rows that bd would', async () => {
        const bead = await make({ labels: ['a'] })
        await plane.update(bead.id, { priority: 1, assignee: 'zed' }, by)
        await plane.update(bead.id, { status: 'in_progress', removeLabels: ['a'] }, by)
        await plane.close(bead.id, { reason: 'done' }, by)
        await plane.reopen(bead.id, { reason: 'again' }, by)
        const rows = (await eventsOf(bead.id)).map((event) => [event.type, event.actor, event.new, event.comment])
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
        const old = (await eventsOf(bead.id)).find((event) => event.type === 'updated')?.old ?? ''
        expect(JSON.parse(old)).toMatchObject({
          id: bead.id,
          title: bead.title,
          priority: 2,
          created_at: bead.createdAt,
        })
      })

      it('writes no event row where bd writes none', async () => {
        const [a, b] = [await make(), await make()]
        await plane.comment(a.id, 'c', by)
        await plane.addDependency(a.id, b.id, 'blocks', by)
        await plane.removeDependency(a.id, b.id, by)
        await plane.update(a.id, { parent: b.id }, by)
        await plane.update(a.id, { title: a.title }, by)
        expect(await eventsOf(a.id)).toHaveLength(1)
      })

      it('commits as the person and leaves nothing uncommitted', async () => {
        const before = await dirty()
        const actor: Actor = { name: 'Grace <evil@example.org>\n Hopper', via: 'console' }
        const parent = await plane.create({ title: 'epic', type: 'epic' }, { actor })
        const child = await plane.create({ title: 'child', parent: parent.id, labels: ['l'] }, { actor })
        await plane.comment(child.id, 'c', { actor })
        await plane.close(child.id, { reason: '' }, { actor })
        await plane.delete(child.id, { actor })
        expect(await dirty()).toEqual(before)
        const [newest] = await outsider.rows('SELECT committer, email, message FROM dolt_log LIMIT 1')
        const mail = 'grace.evil.example.org.hopper@gemba.localhost'
        expect(newest).toMatchObject({ committer: 'Grace evil@example.org  Hopper', email: mail })
        await plane.update(parent.id, { title: 'by itself' }, { actor: { name: 'gemba', via: 'system' } })
        const [own] = await outsider.rows('SELECT committer, message FROM dolt_log LIMIT 1')
        expect(own).toEqual({ committer: 'Gemba', message: `gemba: update ${parent.id}` })
      })

      it('leaves what others have not committed to them', async () => {
        await outsider.rows("REPLACE INTO config VALUES ('of.others', 'x')")
        const bead = await make()
        await plane.close(bead.id, { reason: '' }, by)
        expect(await dirty()).toEqual(['config'])
        await outsider.rows("DELETE FROM config WHERE `key` = 'of.others'")
      })

      it('gives later looks higher revisions', async () => {
        const made = await make()
        const read = await plane.get(made.id)
        const updated = await plane.update(made.id, { title: 'x' }, by)
        const [summary] = await second.summaries([made.id])
        const revisions = [made.revision, read.revision, updated.revision, summary?.revision ?? 0]
        expect([...revisions].sort((a, b) => a - b)).toEqual(revisions)
        expect(new Set(revisions).size).toBe(4)
        expect(Number.isSafeInteger(revisions.at(-1))).toBe(true)
      })
    })
  })
}
