import { beforeAll, describe, expect, it } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { openBoard } from '../../planes/work/board.ts'
import type { Bd } from '../bd/bd-program.ts'
import type { PlainDatabase } from '../bd/bead-rows.ts'
import { besideBd, by, type Opened, type Said } from '../bd/beside-bd.ts'

interface Shown extends Said {
  readonly priority: number
  readonly issue_type: string
  readonly description?: string
  readonly labels?: readonly string[]
  readonly parent?: string
  readonly metadata?: unknown
  readonly comments?: readonly { readonly author: string; readonly text: string }[]
  readonly dependencies?: readonly { readonly id: string; readonly dependency_type: string }[]
}

besideBd('a database', ({ open, onEnd }) => {
  it('made by Gemba has the tables of `bd init`', async () => {
    const ours = await open('tables_ours', 'Gemba')
    const theirs = await open('tables_theirs', 'bd')
    expect(await shapeOf(ours.plain)).toEqual(await shapeOf(theirs.plain))
  })

  describe.each(['Gemba', 'bd'] as const)('made by %s', (made) => {
    let opened: Opened
    let epic: string
    let tasks: string[]
    beforeAll(async () => {
      opened = await open(`made_by_${made.toLowerCase()}`, made)
      const { plane, bd } = opened
      epic = (await plane.create({ title: 'An epic', type: 'epic', labels: ['area'] }, by)).id
      const one = await plane.create({ title: 'One', parent: epic, description: 'By Gemba', priority: 1 }, by)
      const two = await bd.json<Said>(['create', 'Two', '--parent', epic, '--deps', one.id])
      const three = await plane.create({ title: 'Three', parent: epic, metadata: { a: 1 } }, by)
      tasks = [one.id, two.id, three.id]
      await plane.comment(one.id, 'Said by Gemba', by)
      await bd.run(['comment', one.id, 'Said by bd'])
    })

    it('numbers children in turn', () => {
      expect(tasks).toEqual([`${epic}.1`, `${epic}.2`, `${epic}.3`])
    })

    it('is listed and shown alike', async () => {
      const { plane, bd } = opened
      const list = await bd.json<Said[]>(['list', '--all', '--limit', '0'])
      expect(list.map((bead) => bead.id).sort()).toEqual((await plane.list()).map((bead) => bead.id).sort())
      const shown = await bd.json<Shown[]>(['show', epic, ...tasks])
      expect(shown).toHaveLength(4)
      for (const bead of shown) expect(saidOf(bead)).toEqual(await shownBy(plane, bead.id))
    })

    it('is ready and blocked alike', async () => {
      const { plane, bd } = opened
      const ready = await bd.json<Said[]>(['ready', '--limit', '0'])
      expect(await plane.ready()).toEqual(ready.map((bead) => bead.id))
      const blocked = await bd.json<{ id: string; blocked_by: string[] }[]>(['blocked'])
      const ours = (await plane.list()).filter((bead) => bead.blockedBy.length > 0)
      expect(ours.map((bead) => [bead.id, bead.blockedBy])).toEqual(blocked.map((bead) => [bead.id, bead.blocked_by]))
    })

    it.each([
      ['dep', 'tree', 'EPIC'],
      ['dep', 'list', 'ONE'],
      ['dep', 'cycles'],
      ['children', 'EPIC'],
      ['epic', 'status'],
      ['history', 'ONE'],
      ['stats'],
      ['count', '--by-status'],
      ['search', 'One'],
      ['query', 'status=open'],
      ['comments', 'ONE'],
      ['label', 'list', 'EPIC'],
      ['stale'],
      ['graph', 'EPIC'],
      ['export'],
    ])('lets `bd %s %s` work without a complaint', async (...words) => {
      const names: Readonly<Record<string, string>> = { EPIC: epic, ONE: tasks[0] ?? '' }
      const said = await opened.bd.exec([...words.map((word) => names[word] ?? word), '--json'])
      expect([said.code, complaintsIn(said.stderr)]).toEqual([0, []])
      expect(said.stdout).not.toMatch(/"error"/)
    })

    it('shows each what the other wrote', async () => {
      const { plane, bd } = opened
      const [one = '', two = ''] = tasks
      await bd.run(['update', one, '--title', 'One by bd', '--add-label', 'x', '--claim'])
      expect(await plane.get(one)).toMatchObject({ title: 'One by bd', labels: ['area', 'x'], assignee: 'Ada' })
      await plane.close(one, { reason: 'done' }, by)
      expect(await bd.json<Said[]>(['show', one])).toMatchObject([{ status: 'closed', close_reason: 'done' }])
      expect((await plane.get(two)).ready).toBe(true)
      await bd.run(['reopen', one, '--reason', 'no'])
      expect(await plane.get(one)).toMatchObject({ status: 'open', state: 'unstarted', closeReason: '' })
      const states = (await bd.json<{ Issue: Said }[]>(['history', one])).map((entry) => entry.Issue.status)
      expect([...new Set(states)].sort()).toEqual(['closed', 'in_progress', 'open'])
    })
  })

  it('is as healthy to `bd doctor` as one that bd made and filled', async () => {
    const [ours, theirs] = [await open('doctor_ours', 'bd'), await open('doctor_theirs', 'bd')]
    const parent = await ours.plane.create({ title: 'parent', type: 'epic' }, by)
    const child = await ours.plane.create({ title: 'child', parent: parent.id }, by)
    const other = await ours.plane.create({ title: 'other', dependencies: [{ to: child.id, kind: 'blocks' }] }, by)
    await ours.plane.close(child.id, { reason: 'done' }, by)
    await ours.plane.delete(other.id, by)
    const { id } = await theirs.bd.json<Said>(['create', 'parent', '--type', 'epic'])
    await theirs.bd.run(['create', 'child', '--parent', id])
    await theirs.bd.run(['close', `${id}.1`])
    expect(await complaintsOfDoctor(ours.bd)).toEqual(await complaintsOfDoctor(theirs.bd))
  })

  it('shows the board every edit of bd', async () => {
    const { plane, bd } = await open('watched', 'bd')
    const board = await openBoard(plane, { intervalMs: 50 })
    onEnd(() => board.close())
    const { id } = await bd.json<Said>(['create', 'Seen'])
    const other = await bd.json<Said>(['create', 'Other'])
    const after = async (...args: string[]) => {
      if (args.length > 0) await bd.run(args)
      await board.refresh()
      return board.get(id)
    }
    expect(await after()).toMatchObject({ title: 'Seen' })
    expect(await after('update', id, '--title', 'New', '--priority', '0')).toMatchObject({ title: 'New', priority: 0 })
    expect(await after('label', 'add', id, 'staged:true')).toMatchObject({ state: 'staged' })
    expect(await after('dep', 'add', id, other.id)).toMatchObject({ ready: false, blockedBy: [other.id] })
    expect(await after('comment', id, 'text')).toMatchObject({ commentCount: 1 })
    expect(await after('close', other.id)).toMatchObject({ ready: true, blockedBy: [] })
    expect(await after('update', id, '--claim')).toMatchObject({ status: 'in_progress', assignee: 'Ada' })
    expect(await after('delete', id, '--force')).toBeUndefined()
    expect(board.health().healthy).toBe(true)
  })
})

/** Everything about the tables, but their rows, and the rows that say how the database is to be used. */
async function shapeOf(plain: PlainDatabase): Promise<unknown> {
  const tables = await plain.rows<Record<string, string>>('SHOW FULL TABLES')
  const shapes: Record<string, unknown> = {}
  for (const row of tables) {
    const [name = '', kind] = Object.values(row)
    const [created] = await plain.rows<Record<string, string>>(
      `SHOW CREATE ${kind === 'VIEW' ? 'VIEW' : 'TABLE'} ${name}`,
    )
    shapes[name] = created?.[kind === 'VIEW' ? 'Create View' : 'Create Table']
  }
  const ignored = await plain.rows('SELECT * FROM dolt_ignore ORDER BY pattern')
  const migrations = await plain.rows('SELECT * FROM schema_migrations ORDER BY version')
  const config = await plain.rows('SELECT * FROM config ORDER BY `key`')
  return { shapes, ignored, migrations, config }
}

async function complaintsOfDoctor(bd: Bd): Promise<string[]> {
  const { checks } = JSON.parse((await bd.exec(['doctor', '--json'])).stdout) as {
    checks: { name: string; status: string; message: string }[]
  }
  if (checks.length < 10) throw new Error('bd doctor looked at nothing')
  return checks.filter(({ status }) => status !== 'ok').map(({ name, message }) => `${name}: ${message}`)
}

function saidOf(bead: Shown): unknown {
  const edges = (bead.dependencies ?? []).map((edge) => `${edge.dependency_type} ${edge.id}`).sort()
  return {
    ...{ id: bead.id, title: bead.title, status: bead.status, priority: bead.priority, type: bead.issue_type },
    ...{ description: bead.description ?? '', labels: bead.labels ?? [], parent: bead.parent ?? null, edges },
    ...{ metadata: bead.metadata ?? {}, comments: (bead.comments ?? []).map((each) => each.text).sort() },
  }
}

async function shownBy(plane: WorkPlane, id: string): Promise<unknown> {
  const bead = await plane.get(id)
  return {
    ...{ id, title: bead.title, status: bead.status, priority: bead.priority, type: bead.type },
    ...{ description: bead.description, labels: bead.labels, parent: bead.parent, metadata: bead.metadata },
    edges: bead.dependencies.map((edge) => `${edge.kind} ${edge.to}`).sort(),
    comments: bead.comments.map((comment) => comment.text).sort(),
  }
}

/** Lines of bd's warnings that have to do with the database. */
function complaintsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => /error|warn|fail/i.test(line) && !/role|git|permission/i.test(line))
}
