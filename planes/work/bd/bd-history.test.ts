import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { BeadHistory } from '../../../model/bead.ts'
import type { WorkPlane } from '../../../model/work-plane.ts'
import { doubleBd, type DoubleBd } from '../../../test/bd/double-bd.ts'
import { openBdFolder } from './open-bd-folder.ts'

/** Answers as bd would on a database of one bead; `$ROOT/history` is what it tells of it. */
const script = `
case "$1" in
  version) echo '{"version":"1.0.3","schema_version":1}';;
  config) echo '{"issue_prefix":"gm","schema_version":1}';;
  statuses|types) echo '{"schema_version":1}';;
  export) echo '{"_type":"issue","id":"gm-1","title":"Now","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}';;
  show) echo '{"error":"no issues found matching the provided IDs"}'; exit 1;;
  history) cat "$ROOT/history";;
  *) echo "Error: unexpected $*" >&2; exit 1;;
esac`

const born = '2026-01-01T00:00:00Z'
const issue = (more: object) => ({
  id: 'gm-1',
  title: 'Was',
  priority: 2,
  created_at: born,
  created_by: 'ada',
  ...more,
})

async function open(): Promise<{ plane: WorkPlane; double: DoubleBd }> {
  const double = await doubleBd(script)
  onTestFinished(() => double.release())
  const { plane } = await openBdFolder({ folder: double.root, env: double.env })
  onTestFinished(() => plane.disconnect())
  return { plane, double }
}

/** The versions, newest first as bd tells them, a second after each other. */
async function historyOf(versions: readonly object[], limit = 50): Promise<BeadHistory | undefined> {
  const { plane, double } = await open()
  const entries = versions.map((each, at) => {
    const CommitDate = new Date(Date.parse(born) + (versions.length - at) * 1_000).toISOString()
    return { CommitHash: `c${versions.length - at}`, Committer: 'root', CommitDate, Issue: each }
  })
  await writeFile(join(double.root, 'history'), JSON.stringify({ schema_version: 1, data: entries }))
  const noted = { kind: 'field_change', created_at: '2026-01-01T00:00:03.9Z', actor: 'bob', issue_id: 'gm-1' }
  const extra = { field: 'status', old_value: 'open', new_value: 'closed' }
  await appendFile(join(double.root, '.beads', 'interactions.jsonl'), `${JSON.stringify({ ...noted, extra })}\n{torn`)
  return plane.history?.('gm-1', limit)
}

const closed = issue({ title: 'Now', status: 'closed', close_reason: 'Done', closed_at: born })

it('tells the versions that differ, with who is known to have made them', async () => {
  const told = await historyOf([
    issue({ title: 'Now', status: 'open', labels: ['x'] }),
    closed,
    issue({ title: 'Now', status: 'open', updated_at: 'later' }),
    issue({ title: 'Now', status: 'open' }),
    issue({ status: 'open' }),
    issue({ id: 'gm-12', status: 'open' }),
  ])
  const { items = [], ...rest } = told ?? {}
  expect(rest).toEqual({ more: false, recorded: true })
  expect(items.map(({ kind, actor, text, changes }) => ({ kind, actor, text, changes }))).toEqual([
    { kind: 'reopened', actor: '', text: '', changes: [] },
    { kind: 'closed', actor: 'bob', text: 'Done', changes: [] },
    { kind: 'updated', actor: '', text: '', changes: [{ field: 'title', before: 'Was', after: 'Now' }] },
    { kind: 'created', actor: 'ada', text: '', changes: [] },
  ])
  expect(items.map(({ at }) => at).at(-1)).toBe(born)
})

it('is bounded, and of so many commits that it is not whole does not take the oldest for the creation', async () => {
  const some = await historyOf([closed, issue({ status: 'open' })], 1)
  expect(some).toMatchObject({ more: true, items: [{ kind: 'closed' }] })
  const many = await historyOf([closed, ...Array.from({ length: 999 }, () => issue({ status: 'open' }))])
  expect(many).toMatchObject({ more: true, items: [{ kind: 'closed' }] })
  expect(many?.items).toHaveLength(1)
})

it('of a bead that is not there is refused', async () => {
  const { plane } = await open()
  await expect(plane.history?.('gm-2', 5)).rejects.toMatchObject({ code: 'bead_not_found' })
})
