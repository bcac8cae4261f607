import { existsSync, readFileSync } from 'node:fs'
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import type { SessionView } from '../../model/session.ts'
import type { ServerSettings } from '../../runtime/settings.ts'
import { run } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from './api-client.ts'
import { createProject, gitIn, RunningGemba, type TestProject } from './running-gemba.ts'

/** Bad input and trouble, through the API of a real `gemba serve`: coded, told where people look, nothing half-done. */
let project: TestProject
let gemba: RunningGemba
let outsider: Connection

const limit = 180_000
const patience = 120_000

const ghost = [
  '[[agent]]',
  'name = "ghost"',
  'command = "gemba-no-such-program"',
  'hooks = "none"',
  'preamble = "file"',
  'max_parallel = 8',
].join('\n')

const repositories = [
  ...['[[repository]]', 'id = "empty"', 'path = "../empty"', 'prefixes = ["em"]'],
  ...['[[repository]]', 'id = "gone"', 'path = "../gone"', 'prefixes = ["go"]', ''],
].join('\n')

beforeAll(async () => {
  project = await createProject({
    agents: ghost,
    maxSessions: 32,
    timing: { restart: [200, 300], relaunch: [200, 500], heartbeat: 3_000 },
  })
  const config = join(project.folder, '.gemba', 'gemba.toml')
  const empty = join(project.folder, '.gemba', 'empty')
  await run(locateTool('git'), ['init', '-q', '-b', 'main', empty])
  await appendFile(config, repositories.replace('../empty', '.gemba/empty').replace('../gone', '.gemba/gone'))
  gemba = await RunningGemba.start(project)
  await gemba.hostOnline()
  const settings = JSON.parse(
    readFileSync(join(project.folder, '.gemba/data/settings/server.json'), 'utf8'),
  ) as ServerSettings
  const { host, port, user, database, passwordFile } = settings.beads
  const password = passwordFile === null ? '' : readFileSync(passwordFile, 'utf8').trim()
  outsider = await createConnection({ host, port, user, password, database, charset: 'utf8mb4' })
})

afterAll(async () => {
  await outsider?.end()
  await gemba?.stop()
  await project?.release()
})

const steps = (...lines: string[]): string => ['Do it.', '```gemba-steps', ...lines, '```', ''].join('\n')
const work = (file: string): string => steps(`write ${file}`, '  x', `commit Add ${file}`, 'done')

async function create(title: string, description: string, more: object = {}): Promise<string> {
  return (await gemba.api.create({ title, description, ...more })).id
}

async function closed(bead: string): Promise<void> {
  await eventually(`${bead} is done`, async () => (await gemba.api.bead(bead)).status === 'closed', patience)
}

function ended(session: string): Promise<SessionView> {
  return eventually(
    `${session} has ended`,
    async () => (await gemba.api.sessions()).find((view) => view.id === session && view.endedAt !== null),
    patience,
  )
}

function openEscalation(bead: string): Promise<EscalationView> {
  return eventually(
    `${bead} asks`,
    async () => (await gemba.api.escalations()).find((view) => view.bead === bead && view.state === 'open'),
    patience,
  )
}

async function parked(bead: string): Promise<string> {
  return eventually(
    `${bead} is parked`,
    async () => {
      const { items } = await gemba.api.get<{ items: { bead: string; why: string }[] }>('/parked')
      return items.find((item) => item.bead === bead)?.why
    },
    patience,
  )
}

/** What sessions of a bead told people while they went on. */
async function notesOf(bead: string): Promise<string[]> {
  const events = await gemba.api.events()
  return events.flatMap(({ body }) =>
    body.kind === 'session.changed' && body.session.bead === bead ? [body.session.note] : [],
  )
}

async function parkings(bead: string): Promise<number> {
  return (await gemba.api.events()).filter(({ body }) => body.kind === 'bead.parked' && body.bead === bead).length
}

/** Another program that writes to the same database. */
async function outside(sql: string, ...values: string[]): Promise<void> {
  await outsider.query(sql, values)
  // Another commit may have taken the row along already.
  await outsider.query("CALL DOLT_COMMIT('-A', '--skip-empty', '-m', 'outside')")
}

interface Answer {
  readonly status: number
  readonly body: { readonly code?: string; readonly detail?: string; readonly mend?: string; readonly nonce?: string }
  readonly text: string
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${gemba.api.base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${gemba.api.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']), text }
}

async function nonceFor(method: string, path: string, body: unknown): Promise<string> {
  const issued = await send('POST', '/nonces', { method, path: `/api/v1${path}`, body })
  return issued.body.nonce ?? ''
}

describe('a bead that is not there', () => {
  it('is refused by its name, whatever is asked of it', async () => {
    const { api } = gemba
    const here = await create('Here', '')
    const none = { code: 'bead_not_found', status: 404, message: expect.stringContaining('tp-nope') }
    await expect(api.bead('tp-nope')).rejects.toMatchObject(none)
    await expect(api.change('PATCH', '/beads/tp-nope', { title: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/dispatch', { items: [{ bead: 'tp-nope' }] })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/beads/tp-nope/comments', { text: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('POST', '/beads/tp-nope/close', { reason: 'x' })).rejects.toMatchObject(none)
    await expect(api.change('DELETE', '/beads/tp-nope')).rejects.toMatchObject(none)
    await expect(api.change('PUT', `/beads/${here}/dependencies/tp-nope`, { kind: 'blocks' })).rejects.toMatchObject(
      none,
    )
    expect((await api.bead(here)).dependencies).toEqual([])
  })
})

describe('a confirmation', () => {
  it('is needed, must be known, and holds for its own request', async () => {
    const bead = await create('Confirm', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'hello' }
    expect((await send('POST', path, body)).body.code).toBe('nonce_required')
    expect((await send('POST', path, body, { 'x-gemba-confirm': 'stale' })).body.code).toBe('nonce_unknown')
    const nonce = await nonceFor('POST', path, body)
    const other = await send('POST', path, { text: 'other' }, { 'x-gemba-confirm': nonce })
    expect(other).toMatchObject({ status: 403, body: { code: 'nonce_mismatch' } })
    expect((await gemba.api.bead(bead)).comments).toEqual([])
  })

  it('that is used again gets the same answer, and one effect', async () => {
    const bead = await create('Again', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'once' }
    const nonce = await nonceFor('POST', path, body)
    const first = await send('POST', path, body, { 'x-gemba-confirm': nonce })
    const second = await send('POST', path, body, { 'x-gemba-confirm': nonce })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(JSON.parse(second.text)).toEqual(JSON.parse(first.text))
    expect((await gemba.api.bead(bead)).comments.map((comment) => comment.text)).toEqual(['once'])
  })

  it('that comes many times at once takes effect once', async () => {
    const bead = await create('At once', '')
    const path = `/beads/${bead}/comments`
    const body = { text: 'together' }
    const nonce = await nonceFor('POST', path, body)
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('POST', path, body, { 'x-gemba-confirm': nonce })),
    )
    for (const answer of answers) expect([201, 409], answer.text).toContain(answer.status)
    for (const answer of answers) if (answer.status === 409) expect(answer.body.code).toBe('nonce_busy')
    expect(answers.some((answer) => answer.status === 201)).toBe(true)
    expect((await gemba.api.bead(bead)).comments.map((comment) => comment.text)).toEqual(['together'])
  })
})

describe('an edit', () => {
  it('of a bead that changed meanwhile is refused, and the other edit stays', async () => {
    const bead = await create('Before', '')
    const { etag } = await gemba.api.bead(bead)
    await outside("UPDATE issues SET title = 'Outside' WHERE id = ?", bead)
    const mine = gemba.api.change('PATCH', `/beads/${bead}`, { title: 'Mine' }, { 'if-match': `"${etag}"` })
    await expect(mine).rejects.toMatchObject({ status: 412, code: 'bead_changed' })
    expect((await gemba.api.bead(bead)).title).toBe('Outside')
  })

  it('that is too long or holds what can not be stored is refused whole', async () => {
    const before = (await gemba.api.beads()).length
    const refused = async (bead: object, status: number, code: string) => {
      const nonce = await nonceFor('POST', '/beads', bead)
      const answer = await send('POST', '/beads', bead, { 'x-gemba-confirm': nonce === '' ? 'none' : nonce })
      expect([answer.status, answer.body.code], answer.text.slice(0, 500)).toEqual([status, code])
      expect(answer.body.mend).not.toBe('')
      expect(answer.text.length).toBeLessThan(2_000)
    }
    const huge = 'x'.repeat(5_000_000)
    await refused({ title: huge }, 413, 'too_large')
    await refused({ title: 'Long text', description: huge }, 413, 'too_large')
    await refused({ title: 'Long text', description: '😀'.repeat(20_000) }, 422, 'bead_invalid')
    await refused({ title: 'x'.repeat(501) }, 400, 'bad_request')
    await refused({ title: '😀'.repeat(200) }, 422, 'bead_invalid')
    await refused({ title: 'NUL \0 in it' }, 422, 'bead_invalid')
    await refused({ title: 'Half \ud83d' }, 422, 'bead_invalid')
    await refused({ title: 'Labels', labels: ['a\0b'] }, 422, 'bead_invalid')
    await refused({ title: '   ' }, 422, 'bead_invalid')
    expect((await gemba.api.beads()).length).toBe(before)
  })
})

const hostile = [
  '$(touch canary) `touch canary`',
  '#(touch canary) #{pane_id} #[fg=red]',
  '\'; touch canary; echo "',
  '--help',
  '-rf /',
  '\x1b]0;owned\x07\x1b[31mred\x1b[2J',
  'one\rtwo\nthree',
  '😀 four bytes 𝒳',
  '\u202eright to left\u202c \u200b',
  '../../canary',
  '%s %n {answer} ${HOME}',
  'x'.repeat(500),
]

describe('a hostile title and description', () => {
  it(
    'go the whole way to done as they are, and nothing in them is carried out',
    async () => {
      const beads = await Promise.all(
        hostile.map(async (title, index) => {
          const file = `hostile-${index}.txt`
          const text = steps(
            `say ${title.split(/[\r\n]/)[0]}`,
            `write ${file}`,
            '  x',
            `commit ${title.split(/[\r\n]/)[0]}`,
            'done',
          )
          const id = await create(title, `${title}\n${text}`)
          return { id, title, text: `${title}\n${text}`, file }
        }),
      )
      await gemba.api.change('POST', '/dispatch', { items: beads.map(({ id }) => ({ bead: id })) })
      for (const { id, title, text, file } of beads) {
        await closed(id)
        expect(await gitIn(project.folder, 'show', `main:${file}`)).toBe('x\n')
        const [rows] = await outsider.query<RowDataPacket[]>(
          'SELECT HEX(title) AS title, HEX(description) AS description FROM issues WHERE id = ?',
          [id],
        )
        expect(rows[0]).toEqual({ title: hex(title), description: hex(text) })
        expect(await gemba.api.bead(id)).toMatchObject({ title, description: text })
        const [message = ''] = (
          await gitIn(project.folder, 'log', '-1', '--merges', '--format=%B%x00', `--grep=^Bead: ${id}$`, 'main')
        ).split('\0')
        expect(message).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u)
        const [subject = '', empty, trailer] = message.split('\n')
        expect([empty, trailer]).toEqual(['', `Bead: ${id}`])
        expect(subject.length).toBeGreaterThan(0)
        expect([...subject].length).toBeLessThanOrEqual(100)
      }
      for (const { id } of beads) {
        const views = (await gemba.api.sessions()).filter((view) => view.bead === id)
        expect(views.map((view) => view.branch)).toEqual([`bead/${id}`])
        await ended(views[0]?.id ?? '')
      }
      await expectNoCanary()
    },
    limit,
  )

  it(
    'of the longest kind are worked too',
    async () => {
      const text = `${work('longest.txt')}${'é'.repeat(30_000)}`
      const bead = await create('The longest', text, { design: '😀'.repeat(16_000), notes: 'n'.repeat(65_000) })
      const session = await gemba.api.start(bead)
      await closed(bead)
      expect(await ended(session)).toMatchObject({ closeReason: 'bead_done' })
      expect((await gemba.api.bead(bead)).description).toBe(text)
    },
    limit,
  )
})

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}

async function expectNoCanary(): Promise<void> {
  const names = await readdir(project.folder, { recursive: true })
  expect(names.filter((name) => name.split('/').at(-1) === 'canary')).toEqual([])
  expect(existsSync('canary')).toBe(false)
}

describe('a worktree or a branch that exists', () => {
  it(
    'a foreign folder in its place: told, backed off, parked once; then it starts',
    async () => {
      const bead = await create('Foreign', work('foreign.txt'))
      const place = join(project.folder, '.gemba/worktrees', bead)
      await mkdir(place, { recursive: true })
      await writeFile(join(place, 'precious.txt'), 'mine')
      const session = await gemba.api.start(bead)
      expect(await parked(bead)).toContain(place)
      expect(await ended(session)).toMatchObject({ closeReason: 'start_failed', note: expect.stringContaining(place) })
      const tries = (await gemba.api.sessions()).filter((view) => view.bead === bead)
      expect(tries).toHaveLength(3)
      expect(await parkings(bead)).toBe(1)
      expect(await gemba.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
      expect(readFileSync(join(place, 'precious.txt'), 'utf8')).toBe('mine')

      await rm(place, { recursive: true })
      await gemba.api.start(bead)
      await closed(bead)
    },
    limit,
  )

  it(
    'a dirty worktree that was left: kept, told, and a person decides',
    async () => {
      const bead = await create('Dirty', steps('say Nothing to do', 'done'))
      const place = join(project.folder, '.gemba/worktrees', bead)
      await gitIn(project.folder, 'worktree', 'add', '-q', '-b', `bead/${bead}`, place, 'main')
      await writeFile(join(place, 'left.txt'), 'left over')
      await gemba.api.start(bead)
      const asked = await openEscalation(bead)
      expect(asked).toMatchObject({
        source: 'bead_done_with_dirty_worktree',
        text: expect.stringContaining('left.txt'),
      })
      expect((await notesOf(bead)).join('\n')).toContain('1 uncommitted file was found and kept')
      await gemba.api.answer(asked.id, 'commit')
      await closed(bead)
      expect(await gitIn(project.folder, 'show', 'main:left.txt')).toBe('left over')
    },
    limit,
  )

  it(
    'a branch with commits: its work is continued',
    async () => {
      const bead = await create('Branch', work('continued.txt'))
      const place = join(project.folder, '.gemba', 'elsewhere')
      await gitIn(project.folder, 'worktree', 'add', '-q', '-b', `bead/${bead}`, place, 'main')
      await writeFile(join(place, 'earlier.txt'), 'earlier')
      await gitIn(place, 'add', 'earlier.txt')
      await gitIn(place, '-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'Earlier')
      await gitIn(project.folder, 'worktree', 'remove', '--force', place)
      await gemba.api.start(bead)
      await closed(bead)
      expect((await notesOf(bead)).join('\n')).toContain(`Branch bead/${bead} existed already`)
      expect(await gitIn(project.folder, 'show', 'main:earlier.txt')).toBe('earlier')
      expect(await gitIn(project.folder, 'show', 'main:continued.txt')).toBe('x\n')
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
      const bead = await create(title, work('never.txt'), more)
      const session = await gemba.api.start(bead, item)
      expect(await parked(bead)).toContain(why)
      expect(await ended(session)).toMatchObject({
        status: 'failed',
        closeReason: 'start_failed',
        note: expect.stringContaining(why),
      })
      expect((await gemba.api.sessions()).filter((view) => view.bead === bead)).toHaveLength(3)
      expect(await parkings(bead)).toBe(1)
      expect(await gemba.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
    },
    limit,
  )

  it('an agent type or a repository that nobody knows is refused at once', async () => {
    const bead = await create('Unknown agent', work('never.txt'))
    await expect(gemba.api.start(bead, { agent: 'nobody' })).rejects.toMatchObject({ code: 'agent_unknown' })
    const lost = await create('Unknown repository', work('never.txt'), { labels: ['repo:nowhere'] })
    await expect(gemba.api.start(lost)).rejects.toMatchObject({ code: 'repository_unspecified' })
    await expect(gemba.api.start(bead, { host: 'moon' })).rejects.toMatchObject({ code: 'host_unknown' })
  })

  it(
    'two beads that twenty clients start at once get one session each',
    async () => {
      const beads = await Promise.all(['one', 'two'].map((name) => create(name, work(`${name}.txt`))))
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, client) => beads[client % 2] ?? '').map((bead) =>
          gemba.api.start(bead).then(
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
        await closed(bead)
        expect((await gemba.api.sessions()).filter((view) => view.bead === bead)).toHaveLength(1)
      }
    },
    limit,
  )
})

describe('a merge conflict', () => {
  /** Two changes of the same line: the agent's, and one on the base while the agent waits. */
  async function conflicting(file: string): Promise<{ bead: string; session: string; asked: EscalationView }> {
    const text = steps('ask Go on? | yes', `write ${file}`, "  the agent's line", `commit Change ${file}`, 'done')
    const bead = await create(`Conflict over ${file}`, text)
    const session = await gemba.api.start(bead)
    const waiting = await openEscalation(bead)
    await writeFile(join(project.folder, file), "the person's line\n")
    await gitIn(project.folder, 'add', file)
    await gitIn(project.folder, '-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'Mine')
    await gemba.api.answer(waiting.id, 'yes')
    const asked = await eventually(
      'the conflict is told',
      async () =>
        (await gemba.api.escalations()).find((view) => view.bead === bead && view.source === 'integration_conflict'),
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
      expect(await gitIn(project.folder, 'show', 'main:by-hand.txt')).toBe("the person's line\n")
      const place = join(project.folder, '.gemba/worktrees', bead)
      const as = ['-c', 'user.name=T', '-c', 'user.email=t@localhost']
      await gitIn(place, ...as, 'merge', '-q', '-X', 'ours', '-m', 'Resolve', 'main')
      await writeFile(join(place, 'by-hand.txt'), 'both lines\n')
      await gitIn(place, ...as, 'commit', '-q', '-a', '-m', 'Both')
      await gemba.api.answer(asked.id, 'retry')
      await closed(bead)
      expect(await gitIn(project.folder, 'show', 'main:by-hand.txt')).toBe('both lines\n')
      expect(await ended(session)).toMatchObject({ closeReason: 'bead_done', worktree: null })
    },
    limit,
  )

  it(
    'that is stopped keeps the worktree, and the bead is open again',
    async () => {
      const { bead, session, asked } = await conflicting('stopped.txt')
      await gemba.api.answer(asked.id, 'stop')
      const view = await ended(session)
      expect(view).toMatchObject({ status: 'completed', closeReason: 'user_stop', openEscalations: [] })
      expect(readFileSync(join(view.worktree ?? '', 'stopped.txt'), 'utf8')).toBe("the agent's line\n")
      expect(await gemba.api.bead(bead)).toMatchObject({ status: 'open', assignee: null })
      expect(await gitIn(project.folder, 'show', 'main:stopped.txt')).toBe("the person's line\n")
    },
    limit,
  )
})

describe('a bead that another program touches while its session works', () => {
  async function working(title: string): Promise<{ bead: string; session: string }> {
    const bead = await create(title, steps('ask Ready? | yes', 'write moved.txt', '  x', 'commit Add', 'done'))
    const session = await gemba.api.start(bead)
    await openEscalation(bead)
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
      await outside(sql, bead)
      const asked = await eventually(
        'it is told',
        async () => (await gemba.api.escalations()).find((view) => view.bead === bead && view.source === 'bead_moved'),
        patience,
      )
      expect(asked.title).toContain(told)
      await gemba.api.answer(asked.id, 'end')
      const view = await ended(session)
      expect(view).toMatchObject({ closeReason: 'bead_moved', openEscalations: [] })
      const frames = join(project.folder, '.gemba/data/host/sessions', session, 'frames.jsonl')
      expect(readFileSync(frames, 'utf8')).not.toContain('GembaAnswered')
      expect(existsSync(join(project.folder, '.gemba/worktrees', bead, 'moved.txt'))).toBe(false)
      const [rows] = await outsider.query<RowDataPacket[]>('SELECT status, assignee FROM issues WHERE id = ?', [bead])
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

describe('after all that', () => {
  it('the event log has neither gap nor repeat, and no canary was touched', async () => {
    const events = await gemba.api.events()
    expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
    const keys = events.map((event) => `${event.source}#${event.sourceRevision}`)
    expect(new Set(keys).size).toBe(keys.length)
    await expectNoCanary()
  })
})
