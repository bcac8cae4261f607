import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { system } from '../../model/actor.ts'
import { importTexts } from '../../planes/work/import/jsonl-records.ts'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { sqlExchange } from '../../planes/work/sql-exchange.ts'
import { eventually } from '../system/api-client.ts'
import type { RunningGemba } from '../system/running-gemba.ts'
import { beadsLoginOf } from './bench-scope.ts'

const types = ['task', 'bug', 'feature', 'chore', 'story']
const areas = ['parser', 'console', 'store', 'docs', 'build']

/**
 * Puts `count` beads into the project's database, the same each time: a fifth of them closed, a third held back by an
 * earlier one, each with a label and a description. Resolves with their ids once the server's projection has them.
 */
export async function fillBacklog(gemba: RunningGemba, count: number): Promise<string[]> {
  const beads = Array.from({ length: count }, (_, n) => bead(n))
  await importBeads(beadsLoginOf(gemba), beads)
  await eventually('the backlog is shown', async () => (await gemba.api.beads()).length >= Math.min(count, 1_000))
  return beads.map(({ id }) => id)
}

/** Imports beads, written as the lines of an import are, into a database that has none of them. */
export async function importBeads(login: BeadsLogin, beads: readonly object[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gemba-backlog-'))
  try {
    const file = join(folder, 'backlog.jsonl')
    await writeFile(file, beads.map((one) => JSON.stringify(one)).join('\n'))
    const rows = await sqlExchange(login).import(await importTexts(file), { actor: system })
    const left = rows.find((row) => row.verdict !== 'created')
    if (left !== undefined) throw new Error(`the backlog could not be imported: ${left.why}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function bead(n: number) {
  const id = idOf(n)
  const created = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString()
  const closed = n % 5 === 4
  const blocker = n % 3 === 2 ? [{ issue_id: id, depends_on_id: idOf(n - 2), type: 'blocks' }] : []
  return {
    id,
    title: `${areas[n % areas.length]}: improve case ${n} so that people notice`,
    description: `Case ${n} is slow and surprising. `.repeat(12),
    status: closed ? 'closed' : 'open',
    priority: n % 5,
    issue_type: types[n % types.length],
    created_at: created,
    updated_at: created,
    ...(closed ? { closed_at: created } : {}),
    labels: [`area:${areas[n % areas.length]}`],
    dependencies: blocker,
  }
}

function idOf(n: number): string {
  return `tp-b${n.toString(36).padStart(3, '0')}`
}
