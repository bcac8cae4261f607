import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { system } from '../../model/actor.ts'
import type { ExportFormat, ImportText } from '../../model/exchange.ts'
import { countVerdicts, importLines } from '../../model/import-lines.ts'
import { openPlain } from '../../test/bd/bead-rows.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import { importTexts } from './import/jsonl-records.ts'
import { longestLine } from './import/text-lines.ts'
import type { BeadsLogin } from './login.ts'
import { sqlExchange } from './sql-exchange.ts'

const backlog = new URL('../../test/fixtures/beads/gastown/', import.meta.url).pathname

let server: DoltServer
beforeAll(async () => {
  server = await startDoltServer()
})
afterAll(() => server.release())

async function fresh(database: string, prefix = 'sv'): Promise<BeadsLogin> {
  const login = { host: server.host, port: server.port, user: server.user, database }
  await createBeads({ ...login, prefix })
  return login
}

async function exported(login: BeadsLogin, format: ExportFormat): Promise<string[]> {
  let text = ''
  const lines = await sqlExchange(login).export(format, async (part) => void (text += part))
  expect(text.endsWith('\n')).toBe(true)
  const all = text.slice(0, -1).split('\n')
  expect(all).toHaveLength(lines)
  return all
}

function textOf(lines: readonly (string | object)[]): ImportText[] {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  // In small pieces, as they come over a network.
  const bytes = Buffer.from(text)
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
  }
  return [{ file: 'in.jsonl', kind: 'issues', chunks }]
}

const times = { created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T12:00:00Z' }
const issue = (id: string, more: object = {}): object => ({
  ...{ _type: 'issue', id, title: `Do ${id}`, status: 'open', priority: 2, issue_type: 'task' },
  ...times,
  ...more,
})

describe('a real backlog of 677 beads', () => {
  it.each(['bd', 'columns'] as const)('goes out and in again as %s without a loss', async (format) => {
    const [first, second] = [await fresh(`out_${format}`, 'gt'), await fresh(`in_${format}`, 'gt')]
    await sqlExchange(first).import(await importTexts(backlog), { actor: system })
    const lines = await exported(first, format)
    const ids = lines.map((line) => JSON.parse(line) as { id?: string; _table?: string; _type?: string })
    const beads = ids.filter(
      (line) => (line._table ?? line._type) !== 'memory' && (line._table ?? 'issues') === 'issues',
    )
    expect(beads.filter(({ _type }) => _type !== 'memory')).toHaveLength(677)
    const order = beads.map(({ id = '' }) => id)
    expect(order).toEqual([...order].sort())

    // The words of the first database; bd's own form does not carry them.
    const words = textOf((await exported(first, 'columns')).filter((line) => line.includes('"_table":"config"')))
    await sqlExchange(second).import(words, { actor: system })
    const rows = await sqlExchange(second).import(textOf(lines), { actor: system })
    expect(
      rows.filter(({ verdict, kind }) => verdict === 'refused' || (kind !== 'config' && verdict !== 'created')),
    ).toEqual([])
    expect(await exported(second, format)).toEqual(lines)
    if (format === 'columns') expect(await exported(second, 'bd')).toEqual(await exported(first, 'bd'))
  })

  it('is judged without a trace, and taken as it was judged', async () => {
    const login = await fresh('judged', 'gt')
    const plain = openPlain(login)
    try {
      const state = async () => plain.rows<{ hash: string }>('SELECT dolt_hashof_db() AS hash')
      const before = await state()
      const told: number[] = []
      const plan = await sqlExchange(login).plan(await importTexts(backlog), {
        progress: (done, total) => told.push(done / total),
      })
      expect(await state()).toEqual(before)
      expect(countVerdicts(plan.rows).created).toBe(677 + 315 + 169 + 14 + 6)
      expect(told.at(-1)).toBe(1)
      expect(told).toEqual([...told].sort((a, b) => a - b))
      const taken = await sqlExchange(login).import(await importTexts(backlog), { actor: system, bases: plan.bases })
      expect(taken).toEqual(plan.rows)
    } finally {
      await plain.close()
    }
  })
})

describe('a line', () => {
  it('makes no session the holder of a bead', async () => {
    const login = await fresh('holders')
    const held = issue('sv-held', { status: 'in_progress', assignee: 'gemba/s9' })
    const persons = issue('sv-persons', { status: 'in_progress', assignee: 'mike' })
    await sqlExchange(login).import(textOf([held, persons]), { actor: system })
    const plane = await openBeads(login)
    onTestFinished(() => plane.disconnect())
    expect(await plane.held()).toEqual([])
    const beads = await plane.list()
    expect(beads.map(({ id, status, assignee }) => [id, status, assignee]).sort()).toEqual([
      ['sv-held', 'open', null],
      ['sv-persons', 'in_progress', 'mike'],
    ])
  })

  it('is judged by what is there: which fields differ, and which version is the later one', async () => {
    const login = await fresh('versions')
    const there = ['same', 'newer', 'older', 'equal', 'timeless', 'linked'].map((name) => issue(`sv-${name}`))
    await sqlExchange(login).import(textOf([...there, issue('sv-work')]), { actor: system })
    const plane = await openBeads(login)
    onTestFinished(() => plane.disconnect())
    await plane.claim('sv-work', 'gemba/s1', { actor: system })
    const later = { updated_at: '2026-11-20T13:00:00Z' }
    const { rows } = await sqlExchange(login).plan(
      textOf([
        issue('sv-same'),
        issue('sv-newer', { ...later, title: 'T', priority: 0 }),
        issue('sv-older', { updated_at: '2026-11-20T11:59:59Z', title: 'T' }),
        issue('sv-equal', { status: 'closed' }),
        issue('sv-timeless', { updated_at: undefined, notes: 'n' }),
        issue('sv-linked', { labels: ['x', 'y'] }),
        issue('sv-work', { updated_at: '2100-01-01T00:00:00Z', status: 'closed' }),
        issue('sv-fresh'),
        issue('sv-fresh', { ...later, title: 'again' }),
      ]),
    )
    const lines = importLines(rows).map(({ bead, verdict, reason, changes, why }) => [
      bead,
      verdict,
      reason,
      changes,
      why,
    ])
    expect(lines).toEqual([
      ['sv-same', 'skipped', 'same', [], ['the database has the same']],
      ['sv-newer', 'updated', 'newer', ['priority', 'title', 'updated_at'], []],
      [
        'sv-older',
        'skipped',
        'older',
        ['title', 'updated_at'],
        ['the database has a later version, of 2026-11-20T12:00:00Z'],
      ],
      [
        'sv-equal',
        'skipped',
        'conflict',
        ['closed_at', 'status'],
        ['the database has other content with the same time of change'],
      ],
      ['sv-timeless', 'skipped', 'conflict', ['notes', 'updated_at'], [expect.stringContaining('updated_at')]],
      ['sv-linked', 'updated', 'newer', [], ['the database has the same', '2 new labels']],
      [
        'sv-work',
        'refused',
        'held',
        ['assignee', 'closed_at', 'started_at', 'status', 'updated_at'],
        [expect.stringContaining('s1')],
      ],
      ['sv-fresh', 'created', 'new', [], []],
      ['sv-fresh', 'updated', 'newer', ['title', 'updated_at'], []],
    ])
  })

  it('of bd replaces the whole bead, one of columns only those that it names', async () => {
    const login = await fresh('whole')
    const full = {
      assignee: 'ada',
      external_ref: 'x-1',
      pinned: true,
      due_at: times.created_at,
      notes: 'n',
      metadata: { a: 1 },
    }
    const exchange = sqlExchange(login)
    await exchange.import(textOf([issue('sv-a', full), issue('sv-b', full)]), { actor: system })
    const at = { updated_at: '2026-11-20T13:00:00Z' }
    const rows = await exchange.import(textOf([issue('sv-a', at), { id: 'sv-b', title: 'T', ...at }]), {
      actor: system,
    })
    expect(rows.map(({ changes }) => changes)).toEqual([
      expect.arrayContaining(['assignee', 'external_ref', 'pinned', 'due_at', 'notes', 'metadata', 'updated_at']),
      ['title', 'updated_at'],
    ])
    const [a, b] = (await exported(login, 'bd')).map((line) => JSON.parse(line) as object)
    expect(a).toEqual({ ...issue('sv-a', at), dependency_count: 0, dependent_count: 0, comment_count: 0 })
    expect(b).toMatchObject({
      title: 'T',
      status: 'open',
      assignee: 'ada',
      notes: 'n',
      metadata: { a: 1 },
      pinned: true,
    })
  })

  it('is refused or noted for its edges and comments, and goes in without them', async () => {
    const login = await fresh('edges')
    const edge = (issue_id: string, depends_on_id: string, type = 'blocks') => ({ issue_id, depends_on_id, type })
    const comment = {
      id: '01a1fa64-a891-790b-8741-74b92700fc00',
      author: 'ada',
      text: 'one',
      created_at: times.created_at,
    }
    const exchange = sqlExchange(login)
    await exchange.import(
      textOf([
        issue('sv-1', { dependencies: [edge('sv-1', 'sv-2'), edge('sv-1', 'sv-3', 'related')], comments: [comment] }),
        issue('sv-2'),
        issue('sv-3', { dependencies: [edge('sv-3', 'sv-3x', 'parent-child')] }),
      ]),
      { actor: system },
    )
    const { rows } = await exchange.plan(
      textOf([
        issue('sv-2', { dependencies: [edge('sv-2', 'sv-4')] }),
        issue('sv-4', { dependencies: [edge('sv-4', 'sv-1'), edge('sv-4', 'sv-gone'), edge('sv-4', 'sv-3', 'likes')] }),
        issue('sv-1', { dependencies: [edge('sv-1', 'sv-3', 'tracks')], comments: [{ ...comment, text: 'two' }] }),
        issue('sv-5', { comments: [comment], labels: [''], dependencies: [edge('sv-5', 'sv-1', 'No kind')] }),
      ]),
    )
    expect(
      rows.flatMap(({ kind, bead, verdict, reason, why, note }) =>
        kind === 'issues' ? [] : [[kind, bead, verdict, reason, why || note]],
      ),
    ).toEqual([
      ['labels', 'sv-5', 'refused', 'invalid', expect.stringContaining('labels')],
      ['dependencies', 'sv-2', 'created', 'new', ''],
      ['dependencies', 'sv-4', 'refused', 'cycle', 'blocks sv-1 would close a circle: sv-4 → sv-1 → sv-2 → sv-4'],
      ['dependencies', 'sv-4', 'created', 'new', 'there is no bead sv-gone that blocks names'],
      ['dependencies', 'sv-4', 'created', 'new', 'likes is not a kind of edge that Beads knows'],
      ['dependencies', 'sv-1', 'skipped', 'conflict', 'it is there as related, not as tracks'],
      ['dependencies', 'sv-5', 'refused', 'invalid', 'type is not a kind of dependency'],
      ['comments', 'sv-1', 'skipped', 'conflict', 'it is there with another text'],
      ['comments', 'sv-5', 'refused', 'conflict', 'another bead has a comment with this id'],
    ])
    const four = importLines(rows).find(({ bead }) => bead === 'sv-4')
    expect(four).toMatchObject({
      verdict: 'created',
      why: [expect.stringMatching(/^edge not taken: blocks sv-1/), expect.any(String), expect.any(String)],
    })
  })

  it('that can not be read is named, and the next is read', async () => {
    const login = await fresh('unread')
    const [{ file, kind, chunks }] = textOf([
      issue('sv-1'),
      `{"x":"${'x'.repeat(longestLine)}"}`,
      '',
      issue('sv-2'),
    ]) as [ImportText]
    const broken = async function* () {
      yield* chunks()
      yield Buffer.from([0x0a, 0xff, 0x0a])
      yield Buffer.from('{"_table":"wisps","id":"x"}')
    }
    const rows = await sqlExchange(login).import([{ file, kind, chunks: broken }], { actor: system })
    expect(rows.map(({ line, verdict, why }) => [line, verdict, why])).toEqual([
      [2, 'refused', 'it is longer than 4 MiB'],
      [5, 'refused', 'it is not UTF-8'],
      [6, 'refused', 'it is a row of wisps, which is not imported'],
      [1, 'created', ''],
      [4, 'created', ''],
    ])
  })
})

describe('an import of a dry run', () => {
  it('leaves alone what the database no longer bears out, and takes the rest', async () => {
    const login = await fresh('stale')
    const exchange = sqlExchange(login)
    await exchange.import(textOf([issue('sv-1'), issue('sv-2')]), { actor: system })
    const later = { title: 'T', updated_at: '2026-11-20T13:00:00Z' }
    const text = textOf([issue('sv-1', later), issue('sv-2', later), issue('sv-3'), issue('sv-4', { labels: ['x'] })])
    const { bases } = await exchange.plan(text)
    const plane = await openBeads(login)
    try {
      await plane.update('sv-1', { notes: 'ours' }, { actor: system })
      await plane.create({ id: 'sv-4', title: 'ours' }, { actor: system })
      const rows = await exchange.import(text, { actor: system, bases })
      expect(rows.map(({ bead, kind, verdict, reason }) => [bead, kind, verdict, reason])).toEqual([
        ['sv-1', 'issues', 'refused', 'stale'],
        ['sv-2', 'issues', 'updated', 'newer'],
        ['sv-3', 'issues', 'created', 'new'],
        ['sv-4', 'issues', 'refused', 'stale'],
        ['sv-4', 'labels', 'created', 'new'],
      ])
      expect((await plane.get('sv-1')).notes).toBe('ours')
      expect((await plane.get('sv-4')).title).toBe('ours')
      expect((await plane.get('sv-2')).title).toBe('T')
    } finally {
      await plane.disconnect()
    }
  })
})

it('settings that may be secret stay where they are', async () => {
  const login = await fresh('secrets')
  const plain = openPlain(login)
  await plain.rows("INSERT INTO config VALUES ('github.token', 'hush'), ('kv.memory.tip', 'look')")
  await plain.close()
  const all = [...(await exported(login, 'columns')), ...(await exported(login, 'bd'))].join('\n')
  expect(all).not.toContain('hush')
  expect(all).toContain('{"_type":"memory","key":"tip","value":"look"}')
})
