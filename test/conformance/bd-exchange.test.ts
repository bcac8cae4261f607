import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { system } from '../../model/actor.ts'
import type { BeadsExchange, ExportFormat, ImportRow, ImportText } from '../../model/exchange.ts'
import { importLines } from '../../model/import-lines.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import { bdProgram } from '../../planes/work/bd/bd-program.ts'
import { openBdFolder } from '../../planes/work/bd/open-bd-folder.ts'
import { makeBdFolder, type TestFolder } from '../bd/bd-folder.ts'
import { filesProblem } from '../bd/bd-program.ts'

const problem = await filesProblem()
if (problem !== undefined) console.warn(`Skipped, as ${problem}: import and export through bd.`)
const by = { actor: { name: 'Ada', via: 'console' } } as const

interface Opened {
  readonly made: TestFolder
  readonly plane: WorkPlane
  readonly exchange: BeadsExchange
  /** Runs bd as somebody else does. */
  bd(flags: readonly string[]): Promise<string>
}

const opened: Opened[] = []

async function open(): Promise<Opened> {
  const made = await makeBdFolder()
  const { plane, exchange } = await openBdFolder({ folder: made.folder.root, env: made.env, slowMs: 100 })
  const program = bdProgram({ folder: made.folder, env: made.env })
  const one = { made, plane, exchange, bd: (flags: readonly string[]) => program.run(flags) }
  opened.push(one)
  return one
}

async function exported({ exchange }: Opened, format: ExportFormat = 'bd'): Promise<string[]> {
  let text = ''
  await exchange.export(format, async (part) => void (text += part))
  return text.split('\n').filter((line) => line !== '')
}

function textOf(lines: readonly (string | object)[]): ImportText[] {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  return [
    {
      file: 'in.jsonl',
      kind: 'issues',
      async *chunks() {
        yield Buffer.from(text)
      },
    },
  ]
}

const times = { created_at: '2026-03-01T10:00:00Z', updated_at: '2026-03-01T12:00:00Z' }
const issue = (id: string, more: object = {}): object => ({
  ...{ _type: 'issue', id, title: `Do ${id}`, status: 'open', priority: 2, issue_type: 'task' },
  ...times,
  ...more,
})
const edge = (from: string, to: string, type: string): object => ({
  ...{ issue_id: from, depends_on_id: to, type, created_at: times.created_at },
})
const told = (rows: readonly ImportRow[]): string[] =>
  rows.map(({ bead, kind, verdict, reason }) => `${bead} ${kind} ${verdict} ${reason}`)

describe.skipIf(problem !== undefined)(
  `import and export through bd${problem === undefined ? '' : `: ${problem}`}`,
  { timeout: 240_000 },
  () => {
    let first: Opened
    beforeAll(async () => {
      first = await open()
    })
    afterAll(async () => {
      for (const { plane, made } of opened) {
        await plane.disconnect()
        await made.release()
      }
    })

    it('takes beads out of one folder and into another without a loss', async () => {
      const epic = await first.plane.create({ title: 'Epic', type: 'epic', labels: ['a,b', 'x'] }, by)
      const child = await first.plane.create({ title: 'Child', parent: epic.id, metadata: { k: [1] } }, by)
      const dependencies = [
        { to: child.id, kind: 'blocks' },
        { to: 'external:other:thing', kind: 'blocks' },
      ]
      const texts = { description: 'Zwei\nZeilen – ünïcode', design: 'd', acceptance: 'a', notes: '-- n' }
      const last = await first.plane.create(
        { title: 'Last', ...texts, dependencies, dueAt: '2027-01-01T00:00:00Z' },
        by,
      )
      await first.plane.comment(last.id, 'Looks good', by)
      await first.plane.close(child.id, { reason: 'Done' }, by)
      await first.bd(['remember', '--key=tip', 'look'])
      await first.bd(['remember', '--key=api-token', 'hush'])
      await first.bd(['create', '--ephemeral', '--title=wisp'])

      const lines = await exported(first)
      expect(lines.map((line) => (JSON.parse(line) as { id?: string; key?: string }).id ?? 'tip')).toEqual([
        ...[epic.id, child.id, last.id].sort(),
        'tip',
      ])
      expect(lines.join('\n')).not.toContain('hush')
      const second = await open()
      const { rows, bases } = await second.exchange.plan(textOf(lines))
      expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['created']))
      expect(await second.plane.list()).toEqual([])
      const seen: ImportRow[] = []
      const taken = await second.exchange.import(textOf(lines), {
        actor: by.actor,
        bases,
        settled: (some) => void seen.push(...some),
      })
      expect(told(taken).sort()).toEqual(told(rows).sort())
      expect(seen).toEqual(taken)
      // bd gives comments ids of its own, and signs edges itself.
      const plain = (all: readonly string[]): string[] =>
        all.map((line) =>
          line.replace(/"id":"[0-9a-f-]{36}"/g, '"id":""').replace(/"created_by":"[^"]*","metadata"/g, '"metadata"'),
        )
      const outside = (line: string): string =>
        line.replace(/("depends_on_id":"external:[^}]*"created_at":)"[^"]*"/, '$1""')
      expect(plain(await exported(second)).map(outside)).toEqual(plain(lines).map(outside))
      const again = await second.exchange.import(textOf(lines), { actor: by.actor })
      expect(again.filter(({ verdict }) => verdict !== 'skipped')).toEqual([])
      expect(
        (await exported(second, 'columns')).map((line) => (JSON.parse(line) as { _table: string })._table).sort(),
      ).toEqual([
        ...['comments', 'dependencies', 'dependencies', 'dependencies'],
        ...['issues', 'issues', 'issues', 'labels', 'labels', 'labels', 'labels'],
      ])
    })

    it('overwrites no bead that is newer or the same, and takes what comes to it', async () => {
      const here = await open()
      await here.exchange.import(textOf([issue('gm-1'), issue('gm-2', { due_at: '2027-01-01T00:00:00Z' })]), {
        actor: system,
      })
      const older = { title: 'Older', updated_at: '2026-03-01T11:00:00Z' }
      const newer = { title: 'Newer', updated_at: '2026-03-02T12:00:00Z' }
      const text = textOf([
        issue('gm-1', {
          ...older,
          labels: ['late'],
          comments: [{ issue_id: 'gm-1', author: 'zed', text: 'Hm', ...times }],
        }),
        issue('gm-2', { ...newer, priority: 0, due_at: '2028-01-01T00:00:00Z' }),
        issue('gm-4', { issue_type: 'message' }),
        issue('gm-5', { status: 'flying' }),
        issue('gm-6', { dependencies: [edge('gm-6', 'gm-7', 'blocks'), edge('gm-6', 'gm-none', 'blocks')] }),
        issue('gm-7', { dependencies: [edge('gm-7', 'gm-6', 'blocks')] }),
        '{broken',
      ])
      const { rows, bases } = await here.exchange.plan(text)
      const lines = Object.fromEntries(importLines(rows).map((line) => [line.bead, line]))
      expect(lines['gm-1']).toMatchObject({
        verdict: 'updated',
        why: [expect.stringContaining('a later version'), '1 new label', '1 new comment'],
      })
      expect(lines['gm-2']).toMatchObject({
        verdict: 'updated',
        changes: ['priority', 'title', 'updated_at'],
        why: ['bd leaves as it is: due_at'],
      })
      expect(lines['gm-4']).toMatchObject({ verdict: 'skipped', reason: 'kept' })
      expect(lines['gm-5']).toMatchObject({ verdict: 'refused', reason: 'invalid' })
      const taken = await here.exchange.import(text, { actor: system, bases })
      expect(told(taken).sort()).toEqual(told(rows).sort())
      const [one, two] = [await here.plane.get('gm-1'), await here.plane.get('gm-2')]
      expect(one).toMatchObject({ title: 'Do gm-1', labels: ['late'], comments: [{ author: 'zed', text: 'Hm' }] })
      expect(one.updatedAt).toBe(times.updated_at)
      expect(two).toMatchObject({
        title: 'Newer',
        priority: 0,
        updatedAt: newer.updated_at,
        dueAt: '2027-01-01T00:00:00Z',
      })
      expect((await here.plane.get('gm-6')).dependencies).toEqual([{ from: 'gm-6', to: 'gm-7', kind: 'blocks' }])
      expect((await here.plane.get('gm-7')).dependencies).toEqual([])
      await expect(here.plane.get('gm-5')).rejects.toMatchObject({ code: 'bead_not_found' })
    })

    it('leaves alone what another program changed since the dry run', async () => {
      const here = await open()
      await here.exchange.import(textOf([issue('gm-1'), issue('gm-2')]), { actor: system })
      const later = { title: 'Later', updated_at: '2026-03-02T12:00:00Z' }
      const text = textOf([issue('gm-1', later), issue('gm-2', later), issue('gm-3')])
      const { bases } = await here.exchange.plan(text)
      await here.bd(['update', '--json', '--notes=theirs', 'gm-1'])
      await here.bd(['create', '--json', '--id=gm-3', '--title=theirs'])
      const rows = await here.exchange.import(text, { actor: system, bases })
      expect(told(rows).sort()).toEqual([
        'gm-1 issues refused stale',
        'gm-2 issues updated newer',
        'gm-3 issues refused stale',
      ])
      expect(await here.plane.get('gm-1')).toMatchObject({ title: 'Do gm-1', notes: 'theirs' })
      expect((await here.plane.get('gm-3')).title).toBe('theirs')
    })

    it('takes few runs of bd for many beads, and says how far it is when it is stopped', async () => {
      const here = await open()
      const text = textOf(Array.from({ length: 600 }, (_, n) => issue(`gm-${n}`)))
      const stopped = new AbortController()
      const told: ImportRow[] = []
      const broken = here.exchange.import(text, {
        actor: system,
        signal: stopped.signal,
        settled: (some) => {
          told.push(...some)
          if (some.length > 0) stopped.abort(new Error('enough'))
        },
      })
      await expect(broken).rejects.toThrow('enough')
      const there = (await here.plane.list()).map(({ id }) => id)
      expect(
        told
          .filter(({ verdict }) => verdict === 'created')
          .map(({ bead }) => bead)
          .sort(),
      ).toEqual(there.sort())
      expect(told.filter(({ reason }) => reason === 'broken_off')).toHaveLength(350)
      const rows = await here.exchange.import(text, { actor: system })
      expect(rows.filter(({ verdict }) => verdict === 'created')).toHaveLength(350)
      expect(rows.filter(({ reason }) => reason === 'same')).toHaveLength(250)
    })
  },
)
