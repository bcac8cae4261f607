import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RowDataPacket } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import { eventually } from './api-client.ts'
import { afterAllThat, BadInputBench, limit, patience, steps, work } from './bad-input-bench.ts'
import { gitIn } from './running-gemba.ts'

/** What is in the way of a bead on a real `gemba serve`: told where people look, nothing lost, and gone on with. */
const bench = BadInputBench.forThisFile()

describe('a worktree or a branch that exists', () => {
  it(
    'a foreign folder in its place: told, backed off, parked once; then it starts',
    async () => {
      const bead = await bench.create('Foreign', work('foreign.txt'))
      const place = join(bench.folder, '.gemba/worktrees', bead)
      await mkdir(place, { recursive: true })
      await writeFile(join(place, 'precious.txt'), 'mine')
      const session = await bench.api.start(bead)
      expect(await bench.parked(bead)).toContain(place)
      expect(await bench.ended(session)).toMatchObject({
        closeReason: 'start_failed',
        note: expect.stringContaining(place),
      })
      const tries = (await bench.api.sessions()).filter((view) => view.bead === bead)
      expect(tries).toHaveLength(3)
      expect(await bench.parkings(bead)).toBe(1)
      expect(await bench.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
      expect(readFileSync(join(place, 'precious.txt'), 'utf8')).toBe('mine')

      await rm(place, { recursive: true })
      await bench.api.start(bead)
      await bench.closed(bead)
    },
    limit,
  )

  it(
    'a dirty worktree that was left: kept, told, and a person decides',
    async () => {
      const bead = await bench.create('Dirty', steps('say Nothing to do', 'done'))
      const place = join(bench.folder, '.gemba/worktrees', bead)
      await gitIn(bench.folder, 'worktree', 'add', '-q', '-b', `bead/${bead}`, place, 'main')
      await writeFile(join(place, 'left.txt'), 'left over')
      await bench.api.start(bead)
      const asked = await bench.openEscalation(bead)
      expect(asked).toMatchObject({
        source: 'bead_done_with_dirty_worktree',
        text: expect.stringContaining('left.txt'),
      })
      expect((await bench.notesOf(bead)).join('\n')).toContain('1 uncommitted file was found and kept')
      await bench.api.answer(asked.id, 'commit')
      await bench.closed(bead)
      expect(await gitIn(bench.folder, 'show', 'main:left.txt')).toBe('left over')
    },
    limit,
  )

  it(
    'a branch with commits: its work is continued',
    async () => {
      const bead = await bench.create('Branch', work('continued.txt'))
      const place = join(bench.folder, '.gemba', 'elsewhere')
      await gitIn(bench.folder, 'worktree', 'add', '-q', '-b', `bead/${bead}`, place, 'main')
      await writeFile(join(place, 'earlier.txt'), 'earlier')
      await gitIn(place, 'add', 'earlier.txt')
      await gitIn(place, '-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'Earlier')
      await gitIn(bench.folder, 'worktree', 'remove', '--force', place)
      await bench.api.start(bead)
      await bench.closed(bead)
      expect((await bench.notesOf(bead)).join('\n')).toContain(`Branch bead/${bead} existed already`)
      expect(await gitIn(bench.folder, 'show', 'main:earlier.txt')).toBe('earlier')
      expect(await gitIn(bench.folder, 'show', 'main:continued.txt')).toBe('x\n')
    },
    limit,
  )
})

describe('what can not start', () => {
  it.each([
    ['a repository without commits', { labels: ['repo:empty'] }, {}, 'has no commits yet'],
    ['a repository that is gone', { labels: ['repo:gone'] }, {}, 'there is no folder'],
    ['an agent whose program is missing', {}, { agent: 'ghost' }, 'gemba-no-such-program'],
  ])(
    '%s: backs off, is parked, and says so once',
    async (title, more, item, why) => {
      const bead = await bench.create(title, work('never.txt'), more)
      const session = await bench.api.start(bead, item)
      expect(await bench.parked(bead)).toContain(why)
      expect(await bench.ended(session)).toMatchObject({
        status: 'failed',
        closeReason: 'start_failed',
        note: expect.stringContaining(why),
      })
      expect((await bench.api.sessions()).filter((view) => view.bead === bead)).toHaveLength(3)
      expect(await bench.parkings(bead)).toBe(1)
      expect(await bench.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
    },
    limit,
  )

  it('an agent type or a repository that nobody knows is refused at once', async () => {
    const bead = await bench.create('Unknown agent', work('never.txt'))
    await expect(bench.api.start(bead, { agent: 'nobody' })).rejects.toMatchObject({ code: 'agent_unknown' })
    const lost = await bench.create('Unknown repository', work('never.txt'), { labels: ['repo:nowhere'] })
    await expect(bench.api.start(lost)).rejects.toMatchObject({ code: 'repository_unspecified' })
    await expect(bench.api.start(bead, { host: 'moon' })).rejects.toMatchObject({ code: 'host_unknown' })
  })

  it(
    'two beads that twenty clients start at once get one session each',
    async () => {
      const beads = await Promise.all(['one', 'two'].map((name) => bench.create(name, work(`${name}.txt`))))
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, client) => beads[client % 2] ?? '').map((bead) =>
          bench.api.start(bead).then(
            () => 'started',
            (error: { code: string }) => error.code,
          ),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'started')).toHaveLength(2)
      for (const outcome of outcomes) {
        expect(['started', 'bead_already_claimed', 'bead_not_startable']).toContain(outcome)
      }
      for (const bead of beads) {
        await bench.closed(bead)
        expect((await bench.api.sessions()).filter((view) => view.bead === bead)).toHaveLength(1)
      }
    },
    limit,
  )
})

describe('a merge conflict', () => {
  /** Two changes of the same line: the agent's, and one on the base while the agent waits. */
  async function conflicting(file: string): Promise<{ bead: string; session: string; asked: EscalationView }> {
    const text = steps('ask Go on? | yes', `write ${file}`, "  the agent's line", `commit Change ${file}`, 'done')
    const bead = await bench.create(`Conflict over ${file}`, text)
    const session = await bench.api.start(bead)
    const waiting = await bench.openEscalation(bead)
    await writeFile(join(bench.folder, file), "the person's line\n")
    await gitIn(bench.folder, 'add', file)
    await gitIn(bench.folder, '-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'Mine')
    await bench.api.answer(waiting.id, 'yes')
    const asked = await eventually(
      'the conflict is told',
      async () =>
        (await bench.api.escalations()).find((view) => view.bead === bead && view.source === 'integration_conflict'),
      patience,
    )
    return { bead, session, asked }
  }

  it(
    'is resolved by hand in the worktree, and tried again',
    async () => {
      const { bead, session, asked } = await conflicting('by-hand.txt')
      expect(asked.text).toBe('by-hand.txt')
      expect(asked.options.map((option) => option.value)).toEqual(['retry', 'back', 'stop'])
      expect(await gitIn(bench.folder, 'show', 'main:by-hand.txt')).toBe("the person's line\n")
      const place = join(bench.folder, '.gemba/worktrees', bead)
      const as = ['-c', 'user.name=T', '-c', 'user.email=t@localhost']
      await gitIn(place, ...as, 'merge', '-q', '-X', 'ours', '-m', 'Resolve', 'main')
      await writeFile(join(place, 'by-hand.txt'), 'both lines\n')
      await gitIn(place, ...as, 'commit', '-q', '-a', '-m', 'Both')
      await bench.api.answer(asked.id, 'retry')
      await bench.closed(bead)
      expect(await gitIn(bench.folder, 'show', 'main:by-hand.txt')).toBe('both lines\n')
      expect(await bench.ended(session)).toMatchObject({ closeReason: 'bead_done', worktree: null })
    },
    limit,
  )

  it(
    'that is stopped keeps the worktree, and the bead is open again',
    async () => {
      const { bead, session, asked } = await conflicting('stopped.txt')
      await bench.api.answer(asked.id, 'stop')
      const view = await bench.ended(session)
      expect(view).toMatchObject({ status: 'completed', closeReason: 'user_stop', openEscalations: [] })
      expect(readFileSync(join(view.worktree ?? '', 'stopped.txt'), 'utf8')).toBe("the agent's line\n")
      expect(await bench.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
      expect(await gitIn(bench.folder, 'show', 'main:stopped.txt')).toBe("the person's line\n")
    },
    limit,
  )
})

describe('a bead that another program touches while its session works', () => {
  async function working(title: string): Promise<{ bead: string; session: string }> {
    const bead = await bench.create(title, steps('ask Ready? | yes', 'write moved.txt', '  x', 'commit Add', 'done'))
    const session = await bench.api.start(bead)
    await bench.openEscalation(bead)
    return { bead, session }
  }

  it.concurrent.each([
    ['deleted', 'DELETE FROM issues WHERE id = ?', 'deleted'],
    ['closed', "UPDATE issues SET status = 'closed', closed_at = NOW() WHERE id = ?", 'was closed'],
    ['reassigned', "UPDATE issues SET assignee = 'mike' WHERE id = ?", 'held by mike'],
  ])(
    '%s: a person is told, nothing more is typed, and the bead is left as it is',
    async (how, sql, told) => {
      const { bead, session } = await working(`To be ${how}`)
      await bench.outside(sql, bead)
      const asked = await eventually(
        'it is told',
        async () => (await bench.api.escalations()).find((view) => view.bead === bead && view.source === 'bead_moved'),
        patience,
      )
      expect(asked.title).toContain(told)
      await bench.api.answer(asked.id, 'end')
      const view = await bench.ended(session)
      expect(view).toMatchObject({ closeReason: 'bead_moved', openEscalations: [] })
      const frames = join(bench.folder, '.gemba/data/host/sessions', session, 'frames.jsonl')
      expect(readFileSync(frames, 'utf8')).not.toContain('GembaAnswered')
      expect(existsSync(join(bench.folder, '.gemba/worktrees', bead, 'moved.txt'))).toBe(false)
      const [rows] = await bench.outsider.query<RowDataPacket[]>('SELECT status, assignee FROM issues WHERE id = ?', [
        bead,
      ])
      const expected = {
        deleted: [],
        closed: [{ status: 'closed', assignee: `gemba/${session}` }],
        reassigned: [{ status: 'in_progress', assignee: 'mike' }],
      }
      expect(rows).toEqual(expected[how as keyof typeof expected])
    },
    limit,
  )
})

afterAllThat(bench)
