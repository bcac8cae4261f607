import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BeadSummary } from '../../model/bead.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { openPlain } from '../../test/bd/bead-rows.ts'
import { startDoltServer, type DoltServer } from '../../test/dolt-server.ts'
import { openBeads } from './beads-sql.ts'
import { createBeads } from './create-beads.ts'
import { system } from '../../model/actor.ts'
import { countVerdicts } from '../../model/import-lines.ts'
import { importTexts } from './import/jsonl-records.ts'
import type { BeadsLogin } from './login.ts'
import { sqlExchange } from './sql-exchange.ts'

const backlog = new URL('../../test/fixtures/beads/gastown/', import.meta.url).pathname
const by = { actor: { name: 'Ada', via: 'console' } } as const

let server: DoltServer
let folder: string
beforeAll(async () => {
  server = await startDoltServer()
  folder = mkdtempSync(join(tmpdir(), 'gemba-import-'))
})
afterAll(async () => {
  await server.release()
  rmSync(folder, { recursive: true, force: true })
})

async function fresh(database: string, prefix: string) {
  const login = { host: server.host, port: server.port, user: server.user, database }
  await createBeads({ ...login, prefix })
  return login
}

/** Imports what is at `path`, and counts. */
async function importFrom(login: BeadsLogin, path: string) {
  const rows = await sqlExchange(login).import(await importTexts(path), { actor: system })
  return { ...countVerdicts(rows), rows }
}

async function linesOf<T>(name: string): Promise<T[]> {
  const text = await readFile(join(backlog, `${name}.jsonl`), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

describe('a real backlog', () => {
  interface Issue {
    readonly id: string
    readonly title: string
    readonly description: string
    readonly status: string
    readonly issue_type: string
    readonly priority: number
    readonly assignee: string | null
    readonly created_at: string
    readonly updated_at: string
    readonly close_reason: string
    readonly pinned: number
    readonly ephemeral: number
  }
  interface Dependency {
    readonly issue_id: string
    readonly depends_on_id: string
    readonly type: string
  }
  let plane: WorkPlane
  let listed: ReadonlyMap<string, BeadSummary>
  let login: Awaited<ReturnType<typeof fresh>>
  beforeAll(async () => {
    login = await fresh('gastown', 'gt')
    const report = await importFrom(login, backlog)
    expect(report.rows.filter((line) => line.verdict === 'skipped').map((line) => [line.bead, line.why])).toEqual([
      ...['auto_compact_enabled', 'compact_batch_size', 'compact_parallel_workers', 'compact_tier1_days'].map(kept),
      ...['compact_tier1_dep_levels', 'compact_tier2_commits', 'compact_tier2_days', 'compact_tier2_dep_levels'].map(
        kept,
      ),
      ...['compaction_enabled', 'issue_prefix'].map(kept),
      ['schema_version', 'it is not a setting to keep'],
    ])
    expect(report.created).toBe(677 + 315 + 169 + 14 + 6)
    plane = await openBeads(login)
    listed = new Map((await plane.list()).map((bead) => [bead.id, bead]))
  })
  afterAll(() => plane.disconnect())

  it('is listed right, but for its 18 wisps', async () => {
    const issues = (await linesOf<Issue>('issues')).filter((issue) => issue.ephemeral === 0)
    const labels = await linesOf<{ issue_id: string; label: string }>('labels')
    const comments = await linesOf<{ issue_id: string }>('comments')
    expect([listed.size, issues.length]).toEqual([659, 659])
    for (const issue of issues) {
      expect(listed.get(issue.id)).toMatchObject({
        title: issue.title,
        status: issue.status,
        type: issue.issue_type,
        priority: issue.priority,
        assignee: issue.assignee === '' ? null : issue.assignee,
        createdAt: issue.created_at,
        updatedAt: issue.updated_at,
        labels: labels.flatMap((each) => (each.issue_id === issue.id ? [each.label] : [])).sort(),
        commentCount: comments.filter((each) => each.issue_id === issue.id).length,
      })
    }
  })

  it('shows each bead with its texts and edges', async () => {
    const issues = await linesOf<Issue>('issues')
    const edges = await linesOf<Dependency>('dependencies')
    for (const issue of issues.filter(
      (_, i) => i % 20 === 0 || edges.some((edge) => edge.issue_id === issues[i]?.id),
    )) {
      const bead = await plane.get(issue.id)
      expect(bead).toMatchObject({ description: issue.description, closeReason: issue.close_reason })
      const own = edges.filter((edge) => edge.issue_id === issue.id)
      expect(bead.dependencies.map((edge) => `${edge.to} ${edge.kind}`).sort()).toEqual(
        own.map((edge) => `${edge.depends_on_id} ${edge.type}`).sort(),
      )
    }
  })

  it('has the right ready set', async () => {
    const issues = await linesOf<Issue>('issues')
    const edges = await linesOf<Dependency>('dependencies')
    const active = new Set(issues.filter((each) => !['closed', 'pinned'].includes(each.status)).map((each) => each.id))
    const blocked = new Set(
      edges
        .filter((edge) => edge.type === 'blocks' && active.has(edge.issue_id) && active.has(edge.depends_on_id))
        .map((edge) => edge.issue_id),
    )
    const childOfBlocked = (id: string): boolean =>
      edges.some((edge) => edge.type === 'parent-child' && edge.issue_id === id && blocked.has(edge.depends_on_id))
    const expected = issues
      .filter(
        (each) =>
          each.status === 'open' &&
          each.pinned + each.ephemeral === 0 &&
          !['agent', 'role', 'rig'].includes(each.issue_type),
      )
      .filter((each) => !blocked.has(each.id) && !childOfBlocked(each.id))
    expect(expected).toHaveLength(5)
    const ready = await plane.ready()
    expect([...ready].sort()).toEqual(expected.map((each) => each.id).sort())
    const order = ready.map((id) => listed.get(id)?.priority ?? -1)
    expect(order).toEqual([...order].sort())
  })

  it('can be worked on', async () => {
    const [first = ''] = await plane.ready()
    expect(await plane.claim(first, 'gemba/s', by)).toMatchObject({ claimed: true })
    expect(await plane.update(first, { title: 'edited', addLabels: ['x'] }, by)).toMatchObject({ title: 'edited' })
    const epic = [...listed.values()].find((bead) => bead.type === 'epic')
    const child = await plane.create({ title: 'child', ...(epic === undefined ? {} : { parent: epic.id }) }, by)
    expect(listed.has(child.id)).toBe(false)
    expect((await plane.close(child.id, { reason: 'done' }, by)).status).toBe('closed')
  })

  it('imports nothing twice and never over a later version', async () => {
    const [id = ''] = listed.keys()
    await plane.update(id, { title: 'ours' }, by)
    const again = await importFrom(login, backlog)
    expect([again.created, again.updated]).toEqual([0, 0])
    expect((await plane.get(id)).title).toBe('ours')
  })
})

function kept(key: string): [string, string] {
  return [key, 'the database has its own value']
}

describe('a file of bd export', () => {
  const issue = { _type: 'issue', id: 'sv-1', title: 'One', status: 'open', priority: 1, issue_type: 'task' }
  const times = { created_at: '2026-11-20T19:17:36.4Z', updated_at: '2026-11-20T19:17:48Z' }
  const whole = {
    ...issue,
    ...times,
    metadata: { k: 1 },
    labels: ['b', 'a'],
    timeout: 5_000_000_000,
    waiters: ['ada'],
    pinned: true,
    dependencies: [
      { issue_id: 'sv-1', depends_on_id: 'sv-2', type: 'blocks', created_at: times.created_at, metadata: '{}' },
    ],
    comments: [
      { id: '01a1fa64-a891-790b-8741-74b92700fc00', author: 'ada', text: 'hello', created_at: times.created_at },
    ],
    dependency_count: 1,
  }
  const write = (name: string, lines: readonly unknown[]): string => {
    const file = join(folder, name)
    writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
    return file
  }

  it('goes in with labels, edges and comments, and a later version replaces an earlier one', async () => {
    const login = await fresh('exported', 'sv')
    const report = await importFrom(login, write('one.jsonl', [whole, { ...issue, ...times, id: 'sv-2' }]))
    expect([report.created, report.skipped]).toEqual([6, 0])
    const plane = await openBeads(login)
    try {
      const bead = await plane.get('sv-1')
      expect(bead).toMatchObject({ labels: ['a', 'b'], metadata: { k: 1 }, blockedBy: ['sv-2'] })
      expect(bead).toMatchObject({ createdAt: '2026-11-20T19:17:36Z', updatedAt: times.updated_at })
      expect(bead.comments.map((comment) => comment.text)).toEqual(['hello'])
      const newer = { ...whole, title: 'newer', updated_at: '2026-11-21T00:00:00Z' }
      const older = { ...whole, title: 'older', updated_at: '2026-11-19T00:00:00Z' }
      expect(await importFrom(login, write('newer.jsonl', [newer]))).toMatchObject({ created: 0, updated: 1 })
      expect(await importFrom(login, write('older.jsonl', [older]))).toMatchObject({ created: 0, updated: 0 })
      expect((await plane.get('sv-1')).title).toBe('newer')
    } finally {
      await plane.disconnect()
    }
  })

  it('is stored as bd would store it', async () => {
    const login = await fresh('as_bd', 'sv')
    const closed = { ...issue, ...times, status: 'closed' }
    const file = write('as-bd.jsonl', [
      { ...closed, id: 'sv-2' },
      { ...issue, ...times, id: 'sv-3', closed_at: times.updated_at },
      { ...issue, ...times, id: 'sv-4.7' },
      { ...issue, ...times, id: 'sv-4' },
      { ...issue, ...times, id: 'sv-gone.3' },
      { _type: 'memory', key: 'k', value: 'remember' },
    ])
    expect(await importFrom(login, file)).toMatchObject({ created: 6, skipped: 0 })
    const plain = openPlain(login)
    try {
      const columns = 'id, closed_at, spec_id, LEFT(content_hash, 8) AS hash'
      expect(await plain.rows(`SELECT ${columns} FROM issues ORDER BY id LIMIT 2`)).toEqual([
        { id: 'sv-2', closed_at: '2026-11-20 19:17:49', spec_id: '', hash: '9e700821' },
        { id: 'sv-3', closed_at: null, spec_id: '', hash: '693cef68' },
      ])
      expect(await plain.rows('SELECT * FROM child_counters')).toEqual([{ parent_id: 'sv-4', last_child: 7 }])
      const remembered = await plain.rows("SELECT value FROM config WHERE `key` = 'kv.memory.k'")
      expect(remembered).toEqual([{ value: 'remember' }])
    } finally {
      await plain.close()
    }
  })

  it('skips bad lines, names them, and takes the others', async () => {
    const login = await fresh('broken', 'sv')
    const good = { ...issue, ...times }
    const bad: [unknown, string][] = [
      ['{not json', 'not a JSON object'],
      [[1], 'not a JSON object'],
      [{ _type: 'memory', id: 'x' }, 'memory'],
      [{ ...good, id: undefined }, 'id'],
      [{ ...good, id: '$(x)' }, 'id'],
      [{ ...good, id: 'sv-a', title: '' }, 'title'],
      [{ ...good, id: 'sv-b', title: 'x'.repeat(501) }, 'title'],
      [{ ...good, id: 'sv-c', description: 'x'.repeat(70_000) }, 'description'],
      [{ ...good, id: 'sv-d', status: 'flying' }, 'status'],
      [{ ...good, id: 'sv-e', priority: 9 }, 'priority'],
      [{ ...good, id: 'sv-f', created_at: 'yesterday' }, 'created_at'],
      [{ ...good, id: 'sv-g', metadata: '{oops}' }, 'metadata'],
      [{ ...good, id: 'sv-h', assignee: 'x'.repeat(300) }, 'assignee'],
    ]
    const report = await importFrom(login, write('bad.jsonl', [...bad.map(([line]) => line), good]))
    expect([report.created, report.updated]).toEqual([1, 0])
    const skipped = report.rows.filter((line) => line.verdict === 'refused')
    expect(skipped.map((line) => line.line).sort((a, b) => a - b)).toEqual(bad.map((_, i) => i + 1))
    for (const line of skipped) expect(line.why).toContain(bad[line.line - 1]?.[1])
  })

  it('refuses a place where nothing is', async () => {
    const login = await fresh('nothing', 'sv')
    await expect(importFrom(login, join(folder, 'missing'))).rejects.toMatchObject({ code: 'not_found' })
  })
})
