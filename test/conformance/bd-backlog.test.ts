import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { system } from '../../model/actor.ts'
import { importTexts } from '../../planes/work/import/jsonl-records.ts'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { sqlExchange } from '../../planes/work/sql-exchange.ts'
import type { Bd } from '../bd/bd-program.ts'
import { besideBd, type Opened } from '../bd/beside-bd.ts'

const backlog = new URL('../fixtures/beads/gastown/', import.meta.url).pathname

besideBd('a real backlog', ({ open }) => {
  it('imported by Gemba is what bd exports, and the reverse', async () => {
    const first = await open('backlog_first', 'bd')
    await importFrom(first.login, backlog)
    const exported = await exportOf(first.bd)
    expect(exported.length).toBeGreaterThan(600)
    const [words] = await first.plain.rows<{ value: string }>("SELECT value FROM config WHERE `key` = 'types.custom'")

    const [ours, theirs] = [await open('backlog_ours', 'Gemba'), await open('backlog_theirs', 'bd')]
    for (const { bd } of [ours, theirs]) {
      await bd.run(['config', 'set', 'types.custom', words?.value ?? ''])
      await writeFile(join(bd.folder, 'in.jsonl'), exported.join('\n'))
    }
    await importFrom(ours.login, join(ours.bd.folder, 'in.jsonl'))
    await theirs.bd.run(['import', 'in.jsonl'])

    expect(await exportOf(ours.bd)).toEqual(exported)
    for (const sql of alike) expect(await ours.plain.rows(sql)).toEqual(await theirs.plain.rows(sql))
    expect(await wispsOf(ours, 'issues')).toEqual(await wispsOf(theirs, 'wisps'))
  }, 300_000)
})

/**
 * Gemba keeps what bd's import loses or makes up: who added an edge and when, edges to what is not there, the ids of
 * comments, the session that closed a bead.
 */
const alike = [
  'SELECT * FROM issues WHERE ephemeral = 0 ORDER BY id',
  'SELECT labels.* FROM labels JOIN issues ON id = issue_id WHERE ephemeral = 0 ORDER BY issue_id, label',
  'SELECT * FROM child_counters ORDER BY parent_id',
  'SELECT issue_id, author, text, created_at FROM comments ORDER BY issue_id, created_at, text',
  "SELECT * FROM config WHERE `key` LIKE 'kv.%' ORDER BY `key`",
  "SELECT COUNT(*) AS n FROM events JOIN issues ON issues.id = issue_id WHERE event_type = 'created' AND ephemeral = 0",
]

/** What the export calls ephemeral bd imports among its wisps; Gemba keeps it where it was, in what is committed. */
function wispsOf({ plain }: Opened, table: 'issues' | 'wisps'): Promise<unknown[]> {
  return plain.rows(`SELECT id, title, description, status, content_hash FROM ${table} WHERE ephemeral = 1 ORDER BY id`)
}

async function importFrom(login: BeadsLogin, path: string): Promise<void> {
  await sqlExchange(login).import(await importTexts(path), { actor: system })
}

async function exportOf(bd: Bd): Promise<string[]> {
  return (await bd.run(['export', '--all'])).trim().split('\n').sort()
}
